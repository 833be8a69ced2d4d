package cluster

import (
	"errors"
	"io"

	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// planeNames are the control planes of Datum Cloud that the flags of one side
// name.
func planeNames(projects, organizations []string) []datum.ControlPlane {
	var planes []datum.ControlPlane
	for _, id := range projects {
		planes = append(planes, datum.ControlPlane{Scope: datum.Project, ID: id})
	}
	for _, id := range organizations {
		planes = append(planes, datum.ControlPlane{Scope: datum.Organization, ID: id})
	}
	return planes
}

// plane is a control plane as a member.
func (e *Ends) plane(access Access, plane datum.ControlPlane) (Member, error) {
	notices := access.Notices
	if notices == nil {
		notices = io.Discard
	}
	config, err := planeConfig(plane, access.UserAgent, e.Session, notices)
	if err != nil {
		return Member{}, err
	}
	config.Impersonate = rest.ImpersonationConfig{UserName: access.As, Groups: access.AsGroups}
	return Member{Name: plane.Name(), Config: access.finish(config)}, nil
}

// fromPlane is the control plane to copy from, if the flags name one.
func (e *Ends) fromPlane(access Access) (member Member, named bool, err error) {
	planes := planeNames(given(e.From.Project), given(e.From.Organization))
	if len(planes) == 0 {
		return Member{}, false, nil
	}
	if len(planes) > 1 || e.From.InCluster || e.From.Context != "" || e.From.Kubeconfig != "" {
		return Member{}, true, failure.Input(errors.New("--from-context, --from-kubeconfig, --from-in-cluster, --from-datum-project and --from-datum-organization each name a source; use one of them"))
	}
	member, err = e.plane(access, planes[0])
	return member, true, err
}

func given(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// toPlanes are the control planes to copy to.
func (e *Ends) toPlanes(access Access, into *Resolved) error {
	for _, plane := range planeNames(e.To.Projects, e.To.Organizations) {
		member, err := e.plane(access, plane)
		if err != nil {
			return err
		}
		into.Members = append(into.Members, member)
	}
	return nil
}

// checkSession refuses a session that nothing is asked with.
func (e *Ends) checkSession() error {
	planes := len(planeNames(e.To.Projects, e.To.Organizations)) + len(planeNames(given(e.From.Project), given(e.From.Organization)))
	if e.Session != "" && planes == 0 {
		return failure.Input(errors.New("--datum-session goes with flags that name a project or an organization of Datum Cloud"))
	}
	return nil
}

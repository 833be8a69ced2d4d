package cluster

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// asClient makes this test binary a program that asks a control plane.
const asClient = "CLUSTER_TEST_AS_CLIENT"

func TestMain(m *testing.M) {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	if len(os.Args) == 4 && os.Args[1] == RenewCommand {
		if Renew(context.Background(), os.Args[3], streams, "test") != nil {
			os.Exit(1)
		}
		return
	}
	if os.Getenv(asClient) != "" {
		ask()
		return
	}
	os.Exit(m.Run())
}

func ask() {
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.Notices = os.Stderr
	flags.AddFlags(set)
	if set.Parse([]string{"--datum-project", "p1"}) != nil {
		os.Exit(1)
	}
	target, err := flags.Target("test")
	if err != nil {
		os.Exit(1)
	}
	client, err := rest.HTTPClientFor(target.Config)
	if err != nil {
		os.Exit(1)
	}
	if resp, err := client.Get(target.Config.Host); err == nil {
		_ = resp.Body.Close()
	}
}

// TestAKilledCommandLosesNoSession kills one while the auth host answers it: by
// then the old refresh token is used up.
func TestAKilledCommandLosesNoSession(t *testing.T) {
	if !lock.Transferable {
		t.Skip("sessions are renewed in the asking process here")
	}
	server := authtest.New(t)
	api := "https://api.datum.test"
	signedIn(t, server, api, time.Now().Add(-time.Hour))
	place := store.At(os.Getenv(store.Variable)).Session("s")
	old, err := place.Token()
	if err != nil {
		t.Fatal(err)
	}
	old.Expires = time.Now().Add(-time.Minute)
	if err := place.SaveToken(old); err != nil {
		t.Fatal(err)
	}
	asked, dead := make(chan struct{}), make(chan struct{})
	server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { close(asked); <-dead; return false })
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asClient+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	close(dead)
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if kept, err := place.Token(); err == nil && kept.Access.Digest() != old.Access.Digest() {
			return
		}
	}
	t.Error("the answer is lost, and the session with it")
}

package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// writers is how many requests are under way at once.
const writers = 40

// loader fills a cluster with Kustomizations.
type loader struct {
	client   dynamic.Interface
	progress io.Writer
}

func newLoader(config *rest.Config, progress io.Writer) (*loader, error) {
	config.QPS = -1
	// The answers hold versions and kinds that nobody looks at.
	config.WarningHandler = rest.NoWarnings{}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &loader{client: client, progress: progress}, nil
}

// load creates n Kustomizations with all that they need.
func (l *loader) load(ctx context.Context, n int) error {
	start := time.Now()
	namespaces := (n + perNamespace - 1) / perNamespace
	if err := each(ctx, namespaces, func(ctx context.Context, i int) error { return l.namespace(ctx, namespaceOf(i*perNamespace)) }); err != nil {
		return err
	}
	sources := schema.GroupVersionResource{Group: "source.toolkit.fluxcd.io", Version: "v1", Resource: "gitrepositories"}
	if err := l.create(ctx, sources, source(), sourceStatus()); err != nil {
		return err
	}
	kustomizations := schema.GroupVersionResource{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Resource: "kustomizations"}
	var done atomic.Int64
	err := each(ctx, n, func(ctx context.Context, i int) error {
		if err := l.create(ctx, kustomizations, kustomization(i), statusOf(i)); err != nil {
			return err
		}
		if made := done.Add(1); made%1000 == 0 {
			fmt.Fprintf(l.progress, "created %d of %d Kustomizations\n", made, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(l.progress, "created %d Kustomizations in %s\n", n, time.Since(start).Round(time.Second))
	return nil
}

func (l *loader) namespace(ctx context.Context, name string) error {
	namespaces := schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	object := &unstructured.Unstructured{Object: object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": name}}}
	_, err := l.client.Resource(namespaces).Create(ctx, object, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// create creates an object, and then its status, which is a resource of its
// own.
func (l *loader) create(ctx context.Context, r schema.GroupVersionResource, object *unstructured.Unstructured, status object) error {
	client := l.client.Resource(r).Namespace(object.GetNamespace())
	made, err := client.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create %s %s/%s: %w", r.Resource, object.GetNamespace(), object.GetName(), err)
	}
	made.Object["status"] = status
	if _, err := client.UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("set the status of %s %s/%s: %w", r.Resource, object.GetNamespace(), object.GetName(), err)
	}
	return nil
}

// each runs work for 0 to n-1, some at once, until one fails.
func each(ctx context.Context, n int, work func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(writers, n) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := work(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

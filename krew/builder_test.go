package krew

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// builder makes a manifest that is valid until a test breaks it.
type builder struct{ plugin Plugin }

func newPlugin() *builder {
	return &builder{Plugin{
		APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: "some-plugin"},
		Spec: Spec{
			Version: "v1.2.3", Homepage: "https://example.org", ShortDescription: "Do something", Description: "Does it.",
			Platforms: []Platform{platform("linux", "amd64"), platform("windows", "amd64")},
		},
	}}
}

func platform(os, arch string) Platform {
	p := Platform{
		URI: "https://example.org/v1.2.3/" + os + arch, SHA256: strings.Repeat("0a", 32), Bin: "program",
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"os": os, "arch": arch}},
	}
	if os == "windows" {
		p.Bin += ".exe"
	}
	return p
}

// with changes the manifest.
func (b *builder) with(change func(*Plugin)) *builder {
	change(&b.plugin)
	return b
}

// platform changes the first platform.
func (b *builder) platform(change func(*Platform)) *builder {
	change(&b.plugin.Spec.Platforms[0])
	return b
}

// name changes the name.
func (b *builder) name(name string) *builder {
	return b.with(func(p *Plugin) { p.Metadata.Name = name })
}

func (b *builder) build() *Plugin { return &b.plugin }

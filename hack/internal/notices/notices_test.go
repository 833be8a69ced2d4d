package notices

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes files below a folder and returns a package of the module there.
func module(t *testing.T, name, folder string, files map[string]string) pkg {
	t.Helper()
	root := t.TempDir()
	p := pkg{ImportPath: name + "/" + folder, Dir: filepath.Join(root, folder)}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.Module = &struct {
		Path, Dir string
		Main      bool
	}{Path: name, Dir: root}
	return p
}

func TestEachTextIsThereOnce(t *testing.T) {
	goroot := t.TempDir()
	if err := os.WriteFile(filepath.Join(goroot, "LICENSE"), []byte("go"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := collection{}
	for _, p := range []pkg{
		{ImportPath: "net/http", Standard: true, Dir: filepath.Join(goroot, "src", "net", "http"), goroot: goroot},
		module(t, "z.example/one", "deep/er", map[string]string{"LICENSE.md": "same\r\n", "NOTICE": "of z", "license.go": "package one", "deep/COPYING": "part of z"}),
		module(t, "a.example/two", "", map[string]string{"Licence": "same\n", "LICENSEFEE": "no", "README.md": "no"}),
	} {
		for range 2 {
			if err := all.add(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	rule, line := "\n"+strings.Repeat("=", 80)+"\n", "\n"+strings.Repeat("-", 80)+"\n"
	want := heading + rule + "Go standard library and runtime" + line + "go\n" +
		rule + "a.example/two\nz.example/one" + line + "same\n" +
		rule + "z.example/one" + line + "of z\n" +
		rule + "z.example/one" + line + "part of z\n"
	if got := all.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAModuleWithoutLicenseIsAnError(t *testing.T) {
	p := module(t, "a.example/none", "deep", map[string]string{"README": "no"})
	if err := (collection{}).add(p); err == nil || !strings.Contains(err.Error(), "no license found for package a.example/none/deep") {
		t.Errorf("%v", err)
	}
}

package main

import (
	"cmp"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"slices"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeModules writes modules.cdx.json: every module that is linked into a binary, as CycloneDX, read from the binaries
// themselves.
func (r *release) writeModules() error {
	versions := map[string]string{}
	goVersion := ""
	for _, program := range programs {
		for _, p := range r.platforms {
			info, err := buildinfo.ReadFile(r.binary(program, p))
			if err != nil {
				return err
			}
			goVersion = info.GoVersion
			for _, m := range info.Deps {
				if m.Replace != nil {
					m = m.Replace
				}
				versions[m.Path] = m.Version
			}
		}
	}
	var components []cdx.Component
	for path, version := range versions {
		components = append(components, cdx.Component{
			BOMRef: path + "@" + version, Type: cdx.ComponentTypeLibrary, Name: path, Version: version,
			PackageURL: "pkg:golang/" + path + "@" + version,
		})
	}
	components = append(components, cdx.Component{
		BOMRef: "std@" + goVersion, Type: cdx.ComponentTypeLibrary, Name: "std", Version: goVersion, PackageURL: "pkg:golang/std@" + goVersion,
	})
	slices.SortFunc(components, func(a, b cdx.Component) int { return cmp.Compare(a.Name, b.Name) })
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{BOMRef: "awalmock", Type: cdx.ComponentTypeApplication, Name: "awalmock"}}
	bom.Components = &components
	f, err := os.Create(filepath.Join(r.folder, "modules.cdx.json"))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := cdx.NewBOMEncoder(f, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return f.Close()
}

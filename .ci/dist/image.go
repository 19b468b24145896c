package main

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// writeImage writes PROGRAM.oci.tar: an OCI layout with one image for each linux platform, from scratch.
func writeImage(folder, program string) error {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range platforms {
		if p.os != "linux" {
			continue
		}
		img, err := image(folder, program, p)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        img,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.os, Architecture: p.arch}},
		})
	}
	dir, err := os.MkdirTemp("", "oci-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := layout.Write(dir, index); err != nil {
		return err
	}
	return tarFolder(dir, filepath.Join(folder, program+".oci.tar"))
}

// A layerFile is a file in an image.
type layerFile struct {
	name string
	mode int64
	data []byte
}

// imageFiles returns what is in an image: the program and the licences.
func imageFiles(folder, program string, p platform) ([]layerFile, error) {
	files := []layerFile{{name: program, mode: 0o755}, {name: "licenses/LICENSE", mode: 0o644}, {name: "licenses/" + thirdParty, mode: 0o644}}
	for i, source := range []string{binary(folder, program, p), filepath.Join(folder, "LICENSE"), filepath.Join(folder, thirdParty)} {
		var err error
		if files[i].data, err = os.ReadFile(source); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// image is an image with the program and the licences, and nothing else. A container has its own loopback, so the mock listens on all addresses there.
func image(folder, program string, p platform) (v1.Image, error) {
	files, err := imageFiles(folder, program, p)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, f := range files {
			if err := add(w, f.name, f.mode, f.data); err != nil {
				return nil, err
			}
		}
		return io.NopCloser(&b), w.Close()
	}, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img, err := mutate.AppendLayers(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), layer)
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = p.os, p.arch
	config.Config.Entrypoint = []string{"/" + program}
	config.Config.User = "65532:65532"
	if program == "mockserver" {
		config.Config.Env = []string{"MOCK_ADDR=0.0.0.0:4010"}
		config.Config.ExposedPorts = map[string]struct{}{"4010/tcp": {}}
	}
	return mutate.ConfigFile(img, config)
}

// tarFolder writes a folder in a fixed order, without times and owners.
func tarFolder(dir, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := tar.NewWriter(f)
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		return add(w, filepath.ToSlash(relative), 0o644, data)
	})
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}

func add(w *tar.Writer, name string, mode int64, data []byte) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(data)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

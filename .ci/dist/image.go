package main

import (
	"archive/tar"
	"bytes"
	"fmt"
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

// writeImages writes PROGRAM.oci.tar for each program: an OCI layout with one image for each linux platform, from scratch.
func (r *release) writeImages() error {
	for _, program := range programs {
		if err := r.writeImage(program); err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
	}
	return nil
}

func (r *release) writeImage(program program) error {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range r.platforms {
		if p.os != "linux" {
			continue
		}
		img, err := r.image(program, p)
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
	return tarFolder(dir, filepath.Join(r.folder, program.name+".oci.tar"))
}

// imageFiles returns what is in an image: the program and the licences.
func (r *release) imageFiles(program program, p platform) ([]entry, error) {
	binary, err := r.file(filepath.Base(r.binary(program, p)), program.name, 0o755)
	if err != nil {
		return nil, err
	}
	licences, err := r.licenceFiles("licenses/")
	return append([]entry{binary}, licences...), err
}

// image is an image with the program and the licences, and nothing else. A container has its own loopback, so the mock listens on all addresses there.
func (r *release) image(program program, p platform) (v1.Image, error) {
	files, err := r.imageFiles(program, p)
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
	config.Config.Entrypoint = []string{"/" + program.name}
	config.Config.User = "65532:65532"
	if program.folder == "mockserver" {
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

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// An entry is a file in an archive, a package or an image.
type entry struct {
	name string
	mode int64
	data []byte
}

// writeArchives writes an archive for each platform: both programs, completion scripts, man pages, the README and the licences.
func (r *release) writeArchives() error {
	for _, p := range r.platforms {
		files, err := r.archiveFiles(p)
		if err != nil {
			return err
		}
		data, err := tarGz(files, r.time)
		if p.os == "windows" {
			data, err = zipped(files, r.time)
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.folder, r.archive(p)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// archive is the name of a platform's archive.
func (r *release) archive(p platform) string {
	ending := "tar.gz"
	if p.os == "windows" {
		ending = "zip"
	}
	return fmt.Sprintf("awalmock_%s_%s_%s.%s", r.version, p.os, p.arch, ending)
}

func (r *release) archiveFiles(p platform) (files []entry, err error) {
	for _, program := range programs {
		binary, err := r.file(filepath.Base(r.binary(program, p)), program.name+exe(p), 0o755)
		if err != nil {
			return nil, err
		}
		files = append(files, binary)
	}
	licences, err := r.licenceFiles("")
	if err != nil {
		return nil, err
	}
	readme, err := os.ReadFile(filepath.Join(r.checkout, "mockserver", "npm", "README.md"))
	files = append(append(files, licences...), entry{name: "README.md", mode: 0o644, data: readme})
	return append(files, r.extras...), err
}

// licenceFiles are LICENSE and THIRD_PARTY_LICENSES in a folder of an archive.
func (r *release) licenceFiles(folder string) (files []entry, err error) {
	for _, name := range []string{"LICENSE", thirdParty} {
		f, err := r.file(name, folder+name, 0o644)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// tarGz makes a .tar.gz that is the same for the same files and time.
func tarGz(files []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(compressed)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: at, Format: tar.FormatPAX}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = compressed.Close()
	return b.Bytes(), err
}

// gz compresses without a name and a time.
func gz(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

func zipped(files []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		header.SetMode(os.FileMode(f.mode))
		part, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

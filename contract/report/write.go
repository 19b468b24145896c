// Package report writes the result of a run of the contract suite: report.json, junit.xml, report.html and
// report.sarif.
//
// It must not send requests to the target, and must not judge: the verdict is in the report.
package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/awalmock/contract/suite"
)

const partial = ".partial"

// A renderer writes a report in one form.
type renderer struct {
	file   string
	render func(io.Writer, *suite.Report) error
}

func renderers() []renderer {
	return []renderer{{"junit.xml", clean(JUnit, suite.Clean)}, {"report.html", clean(HTML, suite.Clean)}, {"report.json", JSON}, {"report.sarif", SARIF}}
}

// Prepare makes the directory and takes old reports out of it, so that all files there are of this run. The error says what
// cannot be written.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := discard(dir); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, "*"+partial)
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Write puts all files into the directory, or none: each is written whole under another name before the first gets its own.
func Write(dir string, r *suite.Report) error {
	if err := Prepare(dir); err != nil {
		return err
	}
	for _, form := range renderers() {
		if err := writeWhole(filepath.Join(dir, form.file+partial), r, form.render); err != nil {
			return errors.Join(err, discard(dir))
		}
	}
	for _, form := range renderers() {
		path := filepath.Join(dir, form.file)
		if err := os.Rename(path+partial, path); err != nil {
			return errors.Join(err, discard(dir))
		}
	}
	return nil
}

// WriteBaseline writes what Baseline says into a file: all of it, or nothing.
func WriteBaseline(path string, r *suite.Report) error {
	if err := writeWhole(path+partial, r, Baseline); err != nil {
		return errors.Join(err, os.Remove(path+partial))
	}
	return os.Rename(path+partial, path)
}

func writeWhole(path string, r *suite.Report, render func(io.Writer, *suite.Report) error) error {
	var text bytes.Buffer
	if err := render(&text, r); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Sync(), file.Close()) // a full disk may be reported by any of them
}

// discard removes whole and half-written reports.
func discard(dir string) error {
	var errs []error
	for _, form := range renderers() {
		for _, name := range []string{form.file, form.file + partial} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// clean renders a text in which nothing that a target sent can do harm.
func clean(render func(io.Writer, *suite.Report) error, by func(string) string) func(io.Writer, *suite.Report) error {
	return func(out io.Writer, r *suite.Report) error {
		var text bytes.Buffer
		if err := render(&text, r); err != nil {
			return err
		}
		_, err := io.WriteString(out, by(text.String()))
		return err
	}
}

// JSON writes the report in the form that docs/report.md describes.
func JSON(out io.Writer, r *suite.Report) error { return EncodeJSON(out, r) }

// EncodeJSON writes a value as JSON that is safe to show on a terminal and in a CI server.
func EncodeJSON(out io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(out, suite.CleanJSON(text.String()))
	return err
}

// Package seed makes the initial data of a workspace from fixtures: it reads YAML files, reports errors in them with file and
// line, and generates the conversations that are not written by hand.
//
// A population is a pure function of fixture, seed and start. The package must not know HTTP, JSON, OpenAPI, the wall
// clock or the path of a folder of fixtures.
package seed

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// Version counts the changes of the generator that change a population: fixture, seed, start and version fix it. A store has only the
// version, so the generator of an older one has to be kept when it grows.
const Version = 1

// A Set is the fixtures of one folder.
type Set struct {
	Workspaces []*Fixture // at least one; the default workspace first, the others in the order of their file names
	Tables     *corpus.Tables
}

// LoadDir reads a folder: workspaces/*.yaml, and names.yaml and texts.yaml, each of which fallback replaces where the
// folder has none. Errors are *Error; a folder without a workspace is one.
func LoadDir(dir, fallback fs.FS) (*Set, error) {
	tables, err := loadTables(dir, fallback)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "workspaces/[^.]*.y*ml") // hidden files are an editor's or a system's
	if err == nil && len(names) == 0 {
		err = &Error{File: "workspaces", Reason: "there is no fixture: put at least one file NAME.yaml into it"}
	}
	if err != nil {
		return nil, err
	}
	set := &Set{Tables: tables}
	for _, name := range names {
		f, err := Load(dir, name, tables)
		if err != nil {
			return nil, err
		}
		set.Workspaces = append(set.Workspaces, f)
	}
	if err := set.check(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(set.Workspaces, func(a, b *Fixture) int { return cmp.Compare(rank(a), rank(b)) })
	return set, nil
}

func rank(f *Fixture) int {
	if f.Default {
		return 0
	}
	return 1
}

// check refuses two workspaces of one domain, client id or credential, and two defaults.
func (s *Set) check() error {
	domains, clients := map[string]string{}, map[string]string{}
	credentials := map[[2]string]string{}
	standard := ""
	for _, f := range s.Workspaces {
		if other, taken := domains[f.Workspace]; taken {
			return &Error{f.File, f.lines.workspace, "workspace", fmt.Sprintf("is the workspace of %s too", other)}
		}
		if other, taken := clients[f.ClientID]; taken {
			return &Error{f.File, f.lines.clientID, "client_id", fmt.Sprintf("is the client id of %s too", other)}
		}
		if f.Default && standard != "" {
			return &Error{f.File, f.lines.standard, "default", fmt.Sprintf("%s is the default already", standard)}
		}
		if f.Default {
			standard = f.File
		}
		domains[f.Workspace], clients[f.ClientID] = f.File, f.File
		for _, c := range f.Credentials {
			if other, taken := credentials[[2]string{c.Scheme, c.Value}]; taken {
				return &Error{f.File, c.Line, c.Path, fmt.Sprintf("is a credential of %s too: the mock could not know which workspace it belongs to", other)}
			}
			credentials[[2]string{c.Scheme, c.Value}] = f.File
		}
	}
	return nil
}

// Load reads one workspace of a folder; name is the file's path in it. Errors are *Error.
func Load(dir fs.FS, name string, tables *corpus.Tables) (*Fixture, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return Parse(name, data, tables)
}

func unreadable(name string, err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return &Error{File: name, Reason: fmt.Sprintf("cannot be read: %v", err)}
}

// Empty returns a workspace with one sending number and nothing else in it; the number's phone is its phone_number_id.
func Empty(domain, clientID, secret, number string, tables *corpus.Tables) *Fixture {
	return &Fixture{
		File: path.Join("workspaces", domain), Digest: digest(tables, []byte("one number: "+number)), Workspace: domain, ClientID: clientID, Secret: secret,
		Numbers: []Number{{
			ID: number, Phone: number, VerifiedName: domain,
			Quality: "GREEN", Status: "CONNECTED",
		}},
		Tables: tables,
	}
}

// digest is the SHA-256 of what a population is made of, in hex.
func digest(tables *corpus.Tables, file []byte) string {
	sum := sha256.Sum256(append([]byte(tables.Digest+"\n"), file...))
	return hex.EncodeToString(sum[:])
}

// A Fixture is a workspace as its file describes it. It is read-only once made, and safe for concurrent use.
type Fixture struct {
	File      string // "workspaces/your-workspace.yaml"
	Digest    string // of the file, and of the names and texts: the same digest, seed and start make the same population
	Workspace string // X-Domain
	ClientID  string // X-Client-ID
	Secret    string // the HMAC key
	Default   bool   // the workspace of requests that name none
	// Credentials are those beside client id and secret, for the document's other security schemes.
	Credentials []Credential
	Numbers     []Number
	Templates   []sandbox.Template
	Tables      *corpus.Tables // names and texts for what is generated

	Records map[string][]Record // of the document's collections, by name

	conversations []conversation // by id
	lines         struct{ workspace, clientID, standard, records int }
}

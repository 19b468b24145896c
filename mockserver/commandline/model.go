// Package commandline has what the command lines of both programs share: the --config file, completion scripts for shells, the
// man page, and the name under which a program was started.
package commandline

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Name returns the name under which a program was started, such as awalmock or mockserver. arg0 is os.Args[0]; another is the name
// if arg0 has none, or is the temporary name of a test.
func Name(arg0, another string) string {
	name := strings.TrimSuffix(filepath.Base(filepath.ToSlash(arg0)), ".exe")
	if name == "" || name == "." || name == "/" || strings.HasSuffix(name, ".test") {
		return another
	}
	return name
}

// A command is one way to start the program, with what completion and man page say of it.
type command struct {
	name, help string
	isDefault  bool
	words      []string // that may follow it
	flags      []flag
}

// A flag is one flag of a command.
type flag struct {
	name, help, placeholder string
	takesValue              bool
	words                   []string // values that it may take, if they are known
	files, folders          bool     // its value is the path of one
}

// commands are those that the help shows, in its order.
func commands(app *kong.Application) (all []command) {
	for _, node := range app.Children {
		if node.Hidden {
			continue
		}
		c := command{name: node.Name, help: firstSentence(node.Help), isDefault: app.DefaultCmd == node}
		for _, positional := range node.Positional {
			c.words = append(c.words, positional.EnumSlice()...)
		}
		flags := slices.Concat(app.Flags, node.Flags)
		for _, child := range node.Children {
			c.words = append(c.words, child.Name)
			flags = append(flags, child.Flags...)
		}
		c.flags = newFlags(flags)
		all = append(all, c)
	}
	return all
}

// newFlags are the flags that the help shows, each once: commands under one command share some.
func newFlags(flags []*kong.Flag) (all []flag) {
	for _, f := range flags {
		if !f.Hidden && !slices.ContainsFunc(all, func(other flag) bool { return other.name == f.Name }) {
			all = append(all, newFlag(f))
		}
	}
	return all
}

// newFlag reads what the placeholder says of the value: FILE, DIR, or words with | between them.
func newFlag(f *kong.Flag) flag {
	out := flag{name: f.Name, help: f.Help, takesValue: !f.IsBool()}
	if !out.takesValue {
		return out
	}
	out.placeholder = f.FormatPlaceHolder()
	switch f.PlaceHolder {
	case "FILE", "PATH":
		out.files = true
	case "DIR", "FOLDER":
		out.folders = true
	}
	for _, word := range strings.Split(f.PlaceHolder, "|") {
		if plainWord.MatchString(word) {
			out.words = append(out.words, word)
		}
	}
	return out
}

// plainWord is a value as it is typed, unlike the name of one, such as TIME.
var plainWord = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// firstSentence is enough for a list.
func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(strings.ReplaceAll(text, "\n", " "), ". ")
	return strings.TrimSuffix(sentence, ".")
}

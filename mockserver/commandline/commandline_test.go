package commandline_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.com/awalmock/mockserver/commandline"
)

// line is the command line of a program with a default command.
type line struct {
	Serve struct {
		Clock  string `placeholder:"real|TIME" help:"The clock. It's real."`
		Auth   string `placeholder:"hmac|off" help:"What a request must carry."`
		Spec   string `placeholder:"FILE" help:"A document."`
		Data   string `placeholder:"DIR" help:"A folder."`
		Strict bool   `help:"Refuse more."`
		Secret string `hidden:"" help:"Not shown."`
	} `cmd:"" default:"withargs" help:"Serve. This is the default."`
	Shell struct {
		Name string `arg:"" enum:"bash,fish" help:"Shell."`
	} `cmd:"" help:"Print something."`
	Store struct {
		Check struct {
			File string `placeholder:"FILE" help:"The store."`
		} `cmd:"" help:"Look at it."`
		Export struct {
			File string `placeholder:"FILE" help:"The store."`
			To   string `placeholder:"DIR" help:"A folder."`
		} `cmd:"" help:"Write it."`
	} `cmd:"" help:"Look after a store."`
	Man struct{} `cmd:"" hidden:"" help:"Print the man page."`
}

func model(t *testing.T) *kong.Application {
	t.Helper()
	parser, err := kong.New(&line{}, kong.Name("demo"), kong.Description("A demo.\n\nIt does nothing."))
	if err != nil {
		t.Fatal(err)
	}
	return parser.Model
}

// script writes the completion script of a shell into a file.
func script(t *testing.T, shell string) string {
	t.Helper()
	var b bytes.Buffer
	if err := commandline.Completion(&b, shell, "demo", model(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "completion")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a line of a shell, in a folder with a file and a folder; the test is skipped where the shell is not installed.
func run(t *testing.T, shell, text string, args ...string) []string {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("%s is not installed", shell)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "api.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, append([]string{"-c", text}, args...)...)
	home := t.TempDir()
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	words := strings.Fields(string(out))
	slices.Sort(words)
	return words
}

// completions are what is typed, and the words that a shell proposes.
func completions() map[string][]string {
	return map[string][]string{
		"demo sh":               {"shell"},
		"demo --cl":             {"--clock"},
		"demo --clock ":         {"real"},
		"demo --auth o":         {"off"},
		"demo --spec a":         {"api.yaml"},
		"demo --data ":          {"folder"},
		"demo serve --st":       {"--strict"},
		"demo shell ":           {"bash", "fish"},
		"demo shell b":          {"bash"},
		"demo shell --str":      nil,
		"demo --strict --spe":   {"--spec"},
		"demo --sec":            nil,
		"demo ma":               nil,
		"demo store ":           {"check", "export"},
		"demo store ex":         {"export"},
		"demo store export --t": {"--to"},
		"demo --strict --auth ": {"hmac", "off"},
	}
}

func TestCompletion_InBash(t *testing.T) {
	t.Parallel()
	const ask = `source "$1"; COMP_WORDS=($2); case "$2" in *" ") COMP_WORDS+=("") ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _demo; printf '%s\n' "${COMPREPLY[@]}"`
	file := script(t, "bash")
	for typed, want := range completions() {
		if got := run(t, "bash", ask, "bash", file, typed); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if got := run(t, "bash", `source "$1"; COMP_WORDS=(demo --auth = o); COMP_CWORD=3; _demo; printf '%s\n' "${COMPREPLY[@]}"`, "bash", file); !slices.Equal(got, []string{"off"}) {
		t.Errorf("--auth=o: %q", got)
	}
}

// TestCompletion_InZsh gives the completion functions of zsh, which need a terminal, others that print what they are asked for.
func TestCompletion_InZsh(t *testing.T) {
	t.Parallel()
	file := script(t, "zsh")
	const ask = `compdef() { : }; _arguments() { print -rl -- "$@" }; source "$1"; words=(${=2}); CURRENT=$((${#words} + 1)); _demo`
	for typed, want := range map[string][]string{
		"demo":       {`'--auth=[What a request must carry]:value:(hmac off)'`, "--spec=[A document]:file:_files", "--data=[A folder]:folder:_files -/", "--strict[Refuse more]", "--clock=[The clock]:value:(real)", `1:command:((serve\:"Serve" shell\:"Print something"))`},
		"demo shell": {"2:word:(bash fish)"},
	} {
		got := strings.Join(run(t, "zsh", ask, "zsh", file, typed), " ")
		for _, w := range want {
			words := strings.Fields(strings.Trim(w, "'"))
			for _, word := range words {
				if !strings.Contains(got, word) {
					t.Errorf("%q: %q is missing in %s", typed, word, got)
				}
			}
		}
	}
}

func TestCompletion_InFish(t *testing.T) {
	t.Parallel()
	file := script(t, "fish")
	for typed, want := range completions() {
		var got []string
		for _, word := range run(t, "fish", `source $argv[1]; complete -C $argv[2] | string replace -r '\t.*' ''; true`, file, typed) {
			if word = strings.TrimSuffix(word, "/"); word != "api.yaml" && word != "folder" || slices.Contains(want, word) {
				got = append(got, word)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestCompletion_OfAnUnknownShellNamesTheKnownOnes(t *testing.T) {
	t.Parallel()
	err := commandline.Completion(&bytes.Buffer{}, "tcsh", "demo", model(t))
	if err == nil || !strings.Contains(err.Error(), `"tcsh"`) || !strings.Contains(err.Error(), "bash, zsh, fish") {
		t.Error(err)
	}
}

func TestManPage_HasEveryCommandAndFlagAndNoDate(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := commandline.ManPage(&b, "demo", model(t)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{".TH DEMO 1 \"\"", "demo \\- A demo.", ".SS serve (default)", ".SS shell", ".SS store export", `\fB\-\-clock\fR=\fIreal|TIME\fR`, "The clock. It's real."} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	for _, hidden := range []string{"secret", ".SS man"} {
		if strings.Contains(page, hidden) {
			t.Errorf("%q is shown", hidden)
		}
	}
}

func TestName_IsTheNameOfTheFile(t *testing.T) {
	t.Parallel()
	for arg0, want := range map[string]string{
		"/usr/bin/awalmock": "awalmock", "./awalmock.exe": "awalmock", "awalmock-contract": "awalmock-contract",
		"": "other", "/tmp/x/demo.test": "other",
	} {
		if got := commandline.Name(arg0, "other"); got != want {
			t.Errorf("%q: %q, want %q", arg0, got, want)
		}
	}
}

package commandline

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Shells are the shells that Completion writes a script for.
func Shells() []string { return []string{"bash", "zsh", "fish"} }

// Completion writes a script that completes the commands, flags and known values of a program in a shell of Shells. name is the
// program's name as a user types it.
func Completion(w io.Writer, shell, name string, app *kong.Application) error {
	all := commands(app)
	var script string
	switch shell {
	case "bash":
		script = bash(name, all)
	case "zsh":
		script = zsh(name, all)
	case "fish":
		script = fish(name, all)
	default:
		return fmt.Errorf("there is no completion for the shell %q; there is for %s", shell, strings.Join(Shells(), ", "))
	}
	_, err := io.WriteString(w, script)
	return err
}

// bash writes a function that looks for the command, then for the flag before the cursor.
func bash(name string, all []command) string {
	function := "_" + strings.ReplaceAll(name, "-", "_")
	var b strings.Builder
	fmt.Fprintf(&b, "# Completion of %s. In bash: source <(%s completion bash)\n%s() {\n", name, name, function)
	b.WriteString("  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"\" command=\"\" word i\n")
	b.WriteString("  [ \"$COMP_CWORD\" -gt 0 ] && prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n")
	b.WriteString("  if [ \"$cur\" = \"=\" ]; then cur=\"\"; elif [ \"$prev\" = \"=\" ]; then prev=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n")
	b.WriteString("  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=\"${COMP_WORDS[i]}\"\n")
	fmt.Fprintf(&b, "    case \"$word\" in %s) command=\"$word\"; break ;; esac\n  done\n", strings.Join(namesOf(all), "|"))
	b.WriteString("  case \"$prev\" in\n")
	for _, v := range values(all) {
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(%s)); return ;;\n", strings.Join(v.flags, "|"), v.compgen)
	}
	b.WriteString("  esac\n  case \"$command\" in\n")
	for _, c := range all {
		pattern, words := c.name, c.words
		if c.isDefault {
			pattern, words = c.name+"|''", append(words, namesOf(all)...)
		}
		fmt.Fprintf(&b, "    %s) word='%s'; case \"$cur\" in -*) word='%s' ;; esac ;;\n", pattern, strings.Join(words, " "), strings.Join(flagsOf(c), " "))
	}
	fmt.Fprintf(&b, "  esac\n  COMPREPLY=($(compgen -W \"$word\" -- \"$cur\"))\n}\ncomplete -F %s %s\n", function, name)
	return b.String()
}

// A value is how bash finds the values of some flags.
type value struct {
	flags   []string
	compgen string
}

// values puts flags together that take the same values, so that the script stays short.
func values(all []command) (out []value) {
	seen := map[string]bool{}
	for _, c := range all {
		for _, f := range c.flags {
			if !f.takesValue || seen[f.name] {
				continue
			}
			seen[f.name] = true
			how := "true" // nothing is known of the value
			switch {
			case f.folders:
				how = `compgen -d -- "$cur"`
			case f.files:
				how = `compgen -f -- "$cur"`
			case f.words != nil:
				how = fmt.Sprintf(`compgen -W '%s' -- "$cur"`, strings.Join(f.words, " "))
			}
			i := slices.IndexFunc(out, func(v value) bool { return v.compgen == how })
			if i < 0 {
				i, out = len(out), append(out, value{compgen: how})
			}
			out[i].flags = append(out[i].flags, "--"+f.name)
		}
	}
	return out
}

// zsh writes a function that leaves the work to _arguments.
func zsh(name string, all []command) string {
	function := "_" + strings.ReplaceAll(name, "-", "_")
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n# Completion of %s. In zsh: source <(%s completion zsh)\n%s() {\n  local word command\n", name, name, name, function)
	fmt.Fprintf(&b, "  for word in ${words[2,CURRENT-1]}; do\n    case $word in %s) command=$word; break ;; esac\n  done\n", strings.Join(namesOf(all), "|"))
	var names []string
	for _, c := range all {
		names = append(names, c.name+`\:`+zshQuoted(c.help))
	}
	fmt.Fprintf(&b, "  local -a commands=('1:command:((%s))')\n  case $command in\n", strings.Join(names, " "))
	for _, c := range all {
		pattern := c.name
		if c.isDefault {
			pattern += "|''"
		}
		fmt.Fprintf(&b, "    %s) _arguments $commands", pattern)
		if c.words != nil {
			fmt.Fprintf(&b, " '2:word:(%s)'", strings.Join(c.words, " "))
		}
		for _, f := range c.flags {
			fmt.Fprintf(&b, " \\\n      '--%s%s'", f.name, zshValue(f))
		}
		b.WriteString(" ;;\n")
	}
	fmt.Fprintf(&b, "  esac\n}\ncompdef %s %s\n", function, name)
	return b.String()
}

// zshValue is what _arguments has to know of a flag behind its name.
func zshValue(f flag) string {
	help := "[" + strings.NewReplacer("[", "", "]", "", ":", " -", "'", `'\''`).Replace(firstSentence(f.help)) + "]"
	switch {
	case !f.takesValue:
		return help
	case f.files:
		return "=" + help + ":file:_files"
	case f.folders:
		return "=" + help + ":folder:_files -/"
	case f.words != nil:
		return "=" + help + ":value:(" + strings.Join(f.words, " ") + ")"
	}
	return "=" + help + ":value:"
}

// zshQuoted is the description of a command between quotes in a list of _arguments, which is in single quotes itself.
func zshQuoted(text string) string {
	return `"` + strings.NewReplacer(`"`, "", ":", " -", "'", `'\''`, "(", "", ")", "").Replace(text) + `"`
}

// fish writes one line for each command and flag.
func fish(name string, all []command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Completion of %s. In fish: %s completion fish | source\ncomplete -c %s -f\n", name, name, name)
	for _, c := range all {
		fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", name, c.name, quoted(c.help))
		condition := "__fish_seen_subcommand_from " + c.name
		if c.isDefault {
			condition = "not __fish_seen_subcommand_from " + strings.Join(slices.DeleteFunc(namesOf(all), func(n string) bool { return n == c.name }), " ")
		}
		if c.words != nil {
			fmt.Fprintf(&b, "complete -c %s -n %s -a %s\n", name, quoted(condition), quoted(strings.Join(c.words, " ")))
		}
		for _, f := range c.flags {
			fmt.Fprintf(&b, "complete -c %s -n %s -l %s%s -d %s\n", name, quoted(condition), f.name, fishValue(f), quoted(firstSentence(f.help)))
		}
	}
	return b.String()
}

func fishValue(f flag) string {
	switch {
	case !f.takesValue:
		return ""
	case f.files:
		return " -r -F"
	case f.folders:
		return " -x -a '(__fish_complete_directories)'"
	case f.words != nil:
		return " -x -a " + quoted(strings.Join(f.words, " "))
	}
	return " -x"
}

// quoted is a word of fish.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func namesOf(all []command) (names []string) {
	for _, c := range all {
		names = append(names, c.name)
	}
	return names
}

func flagsOf(c command) (flags []string) {
	for _, f := range c.flags {
		flags = append(flags, "--"+f.name)
	}
	return flags
}

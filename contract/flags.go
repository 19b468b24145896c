package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/commandline"
)

// commandLine is the program's commands: to check a server, which is the default, and to check a webhook receiver.
type commandLine struct {
	Check      flags             `cmd:"" default:"withargs" help:"Check a server against the contract. This is the default: ${name} [flags] does the same. The other command is ${name} receiver --url URL, which checks a webhook receiver."`
	Receiver   receiverFlags     `cmd:"" help:"Check a partner's webhook receiver: the suite plays the vendor."`
	Completion completionCommand `cmd:"" help:"Print a script that completes this program's commands and flags in a shell."`
	Man        manCommand        `cmd:"" hidden:"" help:"Print the man page."`
	Version    kong.VersionFlag  `help:"Print version, commit, contract version and Go version, and exit."`
}

// flags are the command line of the default command. Each is also CONTRACT_… in the environment and a key of the --config file.
type flags struct {
	BaseURL       string `placeholder:"URL" help:"Target, with its path: https://host/api/developer. Without it the mock is checked in this process."`
	Domain        string `help:"Workspace (X-Domain)."`
	ClientID      string `name:"client-id" help:"Client (X-Client-ID)."`
	HMACSecret    string `name:"hmac-secret" help:"Secret of the signature; better in CONTRACT_HMAC_SECRET, where no process list shows it."`
	PhoneNumberID string `name:"phone-number-id" help:"Sending number whose conversations are read."`

	Capability          []string      `placeholder:"NAME[=off]" help:"What the target offers beyond reading: ${capabilities}. Those of file, environment and flags are added together; NAME=off removes one."`
	SendTo              []string      `placeholder:"PHONE" help:"Phones that may be written to, for the capabilities send, tickets and invoices; no other phone is."`
	ControlURL          string        `name:"control-url" placeholder:"URL" help:"Control API, for the capability control; /__admin at the target's host if absent."`
	ControlToken        string        `name:"control-token" help:"Token of the control API; better in CONTRACT_CONTROL_TOKEN."`
	Listen              string        `placeholder:"ADDRESS" help:"For the capability webhooks: where the suite receives them, such as 127.0.0.1:4499; a free port of 127.0.0.1 if absent."`
	WebhookBaseURL      string        `name:"webhook-base-url" placeholder:"URL" help:"Where the target reaches --listen; that address itself if absent."`
	WebhookRegistered   bool          `help:"Says that --webhook-base-url is registered at the target. Without this flag the suite registers addresses itself, with the capability control."`
	WebhookSecret       string        `help:"Secret that webhooks are signed with, if it is not the client's; better in CONTRACT_WEBHOOK_SECRET."`
	WebhookWait         time.Duration `default:"10s" help:"How long a webhook may take (10s)."`
	SecondDomain        string        `help:"Another workspace, for the capability second-client."`
	SecondClientID      string        `name:"second-client-id" help:"Client of that workspace."`
	SecondHMACSecret    string        `name:"second-hmac-secret" help:"Secret of that client."`
	SecondPhoneNumberID string        `name:"second-phone-number-id" help:"Sending number of that workspace."`

	Strict          bool          `help:"The run also fails if a SHOULD fails."`
	Profile         string        `default:"default" placeholder:"default|production" help:"production: GET only, at most --max-requests, never provokes a 429 (default)."`
	MaxRequests     int           `placeholder:"N" help:"Largest number of requests in the run (no bound; production: 300, and more with capabilities, up to 1400)."`
	AuthProbes      string        `placeholder:"few|all|N" help:"Largest number of forged requests, with which authentication is checked; few is 20 (all; production: few)."`
	Large           bool          `help:"For the capability send: also upload files over 8 MB, near the bounds of their types."`
	MaxBody         int           `default:"32" placeholder:"MIB" help:"Largest part of one answer that is read, in MiB; the report names an answer that was longer (32)."`
	SignedPath      string        `default:"auto" placeholder:"relative|full|auto" help:"Path in the string to sign; auto tries both once (auto)."`
	SignedUpload    string        `default:"auto" placeholder:"auto|body|empty" help:"Body of an upload in the string to sign; auto tries both once (auto)."`
	SearchFolding   string        `default:"auto" placeholder:"auto|none|arabic" help:"Whether a search treats similar Arabic letters as the same; auto accepts both (auto)."`
	Only            []string      `placeholder:"ID" help:"Requirements and cases to check; all by default."`
	Skip            []string      `placeholder:"ID" help:"Requirements and cases to leave out."`
	Operation       []string      `placeholder:"NAME" help:"Only the cases of these operations."`
	Tag             []string      `placeholder:"NAME" help:"Only the cases of operations with one of these tags."`
	Include         string        `placeholder:"EXPRESSION" help:"Only cases whose labels match, as with Ginkgo's --label-filter: MUST && !rate-limit."`
	Exclude         string        `placeholder:"EXPRESSION" help:"No cases whose labels match."`
	Seed            int64         `placeholder:"N" help:"Decides the order of the cases and the choice of samples (a random number, which the report shows)."`
	Timeout         time.Duration `default:"2m" help:"Longest time of the whole run (2m)."`
	Wait            time.Duration `default:"0s" help:"Wait up to this long, such as 30s, until the target answers (not at all)."`
	FailFast        bool          `help:"End at the first failure that the baseline does not excuse."`
	Header          []string      `sep:"\n" placeholder:"'NAME: VALUE'" help:"Header of every request, such as one that a gateway needs; may be given several times, in CONTRACT_HEADER one on each line."`
	Concurrency     int           `placeholder:"N" help:"Largest number of requests at once (8; production: 4)."`
	Rate            string        `placeholder:"N/s" help:"Largest number of requests in a second or a minute: 5/s, 100/m (no bound)."`
	AllowUnverified bool          `help:"Exit with 0 although some MUST could not be checked."`
	Baseline        string        `placeholder:"FILE" help:"What is known to fail or not to be verifiable: a YAML list of id, reason, expires."`
	WriteBaseline   string        `placeholder:"FILE" help:"Write what fails or could not be checked as a baseline, with reason and expires to fill in."`
	Spec            string        `placeholder:"FILE" help:"Check against another version of the contract."`
	SpecVersion     string        `name:"spec-version" placeholder:"V" help:"Check only what this version of the contract requires, such as 1.0.0; all by default."`
	SelfCheckLimit  string        `placeholder:"N/1s" default:"200/1s" help:"Rate limit of the mock in this process; 200/1m for a slow machine (200/1s)."`

	ReportDir   string `placeholder:"DIR" help:"Write report.json, junit.xml, report.html and report.sarif there, also if nothing could be checked."`
	Since       string `placeholder:"FILE" help:"An earlier report.json: say which failures are new, fixed and the same."`
	Annotations string `default:"auto" placeholder:"auto|github|off" help:"Annotations and a summary for GitHub; auto: where GITHUB_ACTIONS is set (auto)."`
	JSON        bool   `help:"Print the report (with --list: the list) as JSON."`
	List        bool   `help:"Print the requirements and cases, without a request."`
	Matrix      bool   `help:"With --list: print which ways of asking are tried on which operations."`

	CAFile   string `name:"ca-file" placeholder:"FILE" help:"Certificates (PEM) to trust in addition to the system's."`
	Insecure bool   `help:"Do not check the target's certificate."`
	Config   string `placeholder:"FILE" help:"YAML file with flags as keys; a flag or the environment wins."`

	Receiver *receiverFlags    `kong:"-"` // of the command receiver; nil: a server is checked
	Unknown  []unknownVariable `kong:"-"` // variables that set nothing
}

// completionCommand asks for a completion script.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// manCommand asks for the man page.
type manCommand struct{}

// programName is the name under which this program was started, to be used in help and messages.
func programName() string { return commandline.Name(os.Args[0], "contract") }

const capabilityFlag = "capability"

// errDone says that all that was asked for is written: the help, or the version.
var errDone = errors.New("the help or the version was asked for")

const (
	description = "Checks whether a server keeps the contract of the Awal Conversations API."
	exitCodes   = `Exit codes of the built program (go run ends with 1 for each): 0 every MUST holds, 1 a MUST is broken, 2 wrong use or a target that cannot be
checked, 3 nothing is broken but some MUST could not be checked.`
)

// Help is what --help says beside the flags.
func (*flags) Help() string { return exitCodes }

// parse reads the command line, over the environment, over the config file. The error is errDone if everything that was asked for is written.
func parse(args, env []string, stdout io.Writer) (*flags, error) {
	var line commandLine
	done := false
	options := parserOptions(stdout, func(int) { done = true })
	parser, err := kong.New(&line, options...)
	if err != nil {
		return nil, err
	}
	values, unknown, wrong := settings(args, env, allFlags(parser.Model.Node))
	claimed := values[capabilityFlag]
	delete(values, capabilityFlag)
	if parser, err = kong.New(&line, append(options, kong.Resolvers(resolver(values)))...); err != nil {
		return nil, err
	}
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		args = []string{"check", args[0]} // the flags that are looked for are those of the default command
	}
	parsed, err := parser.Parse(args)
	switch {
	case done: // --help and --version answer even if other flags are wrong
		return nil, errDone
	case wrong != nil:
		return nil, wrong
	case err != nil:
		return nil, err
	}
	line.Check.Unknown = unknown
	if claimed != "" { // these add up, so that a flag can take one back
		line.Check.Capability = append(strings.Split(claimed, ","), line.Check.Capability...)
	}
	return line.chosen(parsed, stdout)
}

// parserOptions are those of the parser, which writes help to stdout and then calls exit.
func parserOptions(stdout io.Writer, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name(programName()), kong.Description(description),
		kong.Vars{"version": "awalmock-contract " + awalmock.ReadBuild().String(), "name": programName(), "capabilities": capabilityNames()},
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(duration)),
		kong.Writers(stdout, stdout), kong.Exit(exit), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	}
}

// capabilityNames are the names of all capabilities, as the help lists them.
func capabilityNames() string {
	var names []string
	for _, c := range suite.Capabilities() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// resolver gives flags that are not on the command line their values.
func resolver(values map[string]string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, ok := values[flag.Name]; ok {
			return value, nil
		}
		return nil, nil
	})
}

// chosen returns the flags of the command that was given, or writes what it asks for and returns errDone.
func (line *commandLine) chosen(parsed *kong.Context, stdout io.Writer) (*flags, error) {
	switch name, _, _ := strings.Cut(parsed.Command(), " "); name {
	case "receiver":
		line.Check.Receiver = &line.Receiver
	case "completion":
		return nil, cmp.Or(commandline.Completion(stdout, line.Completion.Shell, programName(), parsed.Model), errDone)
	case "man":
		return nil, cmp.Or(commandline.ManPage(stdout, programName(), parsed.Model), errDone)
	}
	return &line.Check, notEmpty(parsed)
}

// allFlags are those of all commands.
func allFlags(node *kong.Node) []*kong.Flag {
	out := slices.Clone(node.Flags)
	for _, command := range node.Children {
		out = append(out, allFlags(command)...)
	}
	return out
}

// duration reads a flag that says how long.
func duration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("must be a duration such as 90s, 2m or 1h, not %q", text)
	}
	target.Set(reflect.ValueOf(d))
	return nil
}

// notEmpty refuses a flag that was given nothing, as "$VARIABLE" in a script may do.
func notEmpty(parsed *kong.Context) error {
	for _, flag := range parsed.Flags() {
		if kind := flag.Target.Kind(); flag.Set && (kind == reflect.String || kind == reflect.Slice) && flag.Target.Len() == 0 {
			return fmt.Errorf("--%s: is empty; give it a value, or leave the flag away", flag.Name)
		}
	}
	return nil
}

// settings are the values of the environment and of the config file, by the names of flags, and the variables that set nothing.
func settings(args, env []string, known []*kong.Flag) (values map[string]string, unknown []unknownVariable, err error) {
	names := map[string]bool{}
	for _, flag := range known {
		if flag.Name != "help" && flag.Name != "version" {
			names[flag.Name] = true
		}
	}
	set := environment(env)
	path := commandline.ValueOf(args, "--config")
	if path == "" {
		path = set["config"]
	}
	values = map[string]string{}
	if path != "" {
		if values, err = commandline.ReadConfig(path, keys(names), separator); err != nil {
			return nil, nil, fmt.Errorf("--config %w", err)
		}
	}
	for name, value := range set {
		if name == capabilityFlag && values[name] != "" {
			value = values[name] + "," + value
		}
		if names[name] {
			values[name] = value
		}
	}
	return values, unknownVariables(set, names), nil
}

// secretsIn finds secrets before anything is parsed, so that not even an error about the command line shows one.
func secretsIn(args, env []string) []string {
	var out []string
	set := environment(env)
	for _, name := range []string{"hmac-secret", "second-hmac-secret", "control-token", "webhook-secret", "secret"} {
		out = append(out, commandline.ValueOf(args, "--"+name), set[name])
	}
	return append(out, secretHeaders(args, set["header"])...)
}

func keys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

package main

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/awalmock/contract/suite"
)

// separator returns what divides the values of a setting that is a list. For headers it is no comma, because their values may contain one.
func separator(name string) string {
	if name == "header" {
		return "\n"
	}
	return ","
}

func headers(list []string) (out []suite.Header, err error) {
	for _, text := range list {
		h, err := suite.ReadHeader(text)
		if err != nil {
			return nil, fmt.Errorf("--header: %w", err)
		}
		out = append(out, h)
	}
	return out, nil
}

// secretHeaders are the secret values of headers on the command line and in a variable, before anything is parsed.
func secretHeaders(args []string, variable string) (secrets []string) {
	lines := strings.Split(variable, "\n")
	for i, arg := range args {
		if text, ok := strings.CutPrefix(arg, "--header="); ok {
			lines = append(lines, text)
		} else if arg == "--header" && i+1 < len(args) {
			lines = append(lines, args[i+1])
		}
	}
	for _, line := range lines {
		if h, err := suite.ReadHeader(line); err == nil && h.Secret() {
			secrets = append(secrets, h.Value)
		}
	}
	return secrets
}

// perSecond reads 5/s or 100/m; it is 0 for "".
func perSecond(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	seconds := map[string]float64{"s": 1, "1s": 1, "m": 60, "1m": 60}[unit]
	if err != nil || seconds == 0 || !(n > 0) || n > 1e6 {
		return 0, fmt.Errorf("--rate takes requests a second or a minute, such as 5/s or 100/m, not %q", text)
	}
	return n / seconds, nil
}

// authProbes reads few, all or a number; it is 0, the profile's own, for "".
func authProbes(text string) (int, error) {
	switch text {
	case "":
		return 0, nil
	case "all":
		return suite.AllAuthProbes, nil
	case "few":
		return suite.FewAuthProbes, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("--auth-probes takes few, all or a number from 1 on, not %q", text)
	}
	return n, nil
}

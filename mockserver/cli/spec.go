package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/spec"
)

type specCommand struct {
	OpenAPI string `name:"openapi" default:"3.0" enum:"3.0,3.1" placeholder:"3.0|3.1" help:"Version of OpenAPI: as the document is written, or 3.1, where more tools read webhooks (${default})."`
	Spec    string `placeholder:"FILE" help:"OpenAPI document instead of the built-in one."`
	BaseURL string `name:"base-url" default:"http://127.0.0.1:4010/api/developer" placeholder:"URL" help:"Base URL of the API that the document in 3.1 names (${default})."`

	Warnings []string `kong:"-"` // about the environment
}

// run prints the document as YAML.
func (c *specCommand) run(_ context.Context, stdout, stderr io.Writer) error {
	for _, warning := range c.Warnings {
		fmt.Fprintln(stderr, programName()+": warning:", warning)
	}
	name, text := "openapi.yaml", []byte(awalmock.OpenAPI())
	if c.Spec != "" {
		var err error
		if text, err = os.ReadFile(c.Spec); err != nil {
			return fmt.Errorf("--spec: %w", err)
		}
		name = c.Spec
	}
	document, err := spec.Load(name, text)
	if err != nil {
		return err
	}
	if c.OpenAPI == "3.1" {
		if text, _, err = document.Twin(c.BaseURL); err != nil {
			return err
		}
	}
	_, err = stdout.Write(text)
	return err
}

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// matrix prints which ways of asking are tried on which operations: a row for each way, a column for each operation, and below it why a cell is empty.
func matrix(cfg suite.Config, asJSON bool, out io.Writer) error {
	m, err := suite.MatrixOf(cfg)
	if err != nil {
		return err
	}
	if asJSON {
		return report.EncodeJSON(out, m)
	}
	for i, op := range m.Operations {
		fmt.Fprintf(out, "%2d  %s %s (%s)\n", i+1, op.Method, op.Path, op.Operation)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprint(table, "cases")
	for i := range m.Operations {
		fmt.Fprintf(table, "\t%d", i+1)
	}
	fmt.Fprintln(table)
	var reasons []string
	for i, way := range m.Operations[0].Cells {
		fmt.Fprint(table, way.Way)
		empty := map[string][]string{}
		var order []string
		for n, op := range m.Operations {
			cell := op.Cells[i]
			if len(cell.Cases) > 0 {
				fmt.Fprintf(table, "\t%d", len(cell.Cases))
				continue
			}
			fmt.Fprint(table, "\t-")
			if empty[cell.Why] == nil {
				order = append(order, cell.Why)
			}
			empty[cell.Why] = append(empty[cell.Why], strconv.Itoa(n+1))
		}
		fmt.Fprintln(table)
		for _, why := range order {
			reasons = append(reasons, fmt.Sprintf("%s, %s: %s", way.Way, strings.Join(empty[why], " "), why))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nwithout a case:")
	for _, reason := range reasons {
		fmt.Fprintln(out, folded(reason))
	}
	return nil
}

package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"kinesim/sim"
)

const resultFormat = sim.Format

// writeJSON writes the result itself. HTML escaping is off: the bytes are for
// programs and people, and "a < b" should stay as it is.
func writeJSON(w io.Writer, d *Document) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d.Result)
}

// ReadResult reads what the json format wrote. It refuses anything else than
// one result of the format that this version writes.
func ReadResult(rd io.Reader) (*sim.Result, error) {
	raw, err := io.ReadAll(rd)
	if err != nil {
		return nil, fmt.Errorf("reading the result: %w", err)
	}
	var head struct {
		Format *string `json:"format"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("not a result: %w", jsonPlace(raw, err))
	}
	switch {
	case head.Format == nil:
		return nil, fmt.Errorf("not a result: it has no \"format\"; a result says %q", resultFormat)
	case *head.Format != resultFormat:
		return nil, fmt.Errorf("cannot read format %q; this version reads %q", *head.Format, resultFormat)
	}
	r := new(sim.Result)
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("damaged result: %w", jsonPlace(raw, err))
	}
	if err := checkShape(r); err != nil {
		return nil, fmt.Errorf("damaged result: %w", err)
	}
	return r, nil
}

// jsonPlace adds the line and column to an error that knows its offset.
func jsonPlace(raw []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	line, column := 1, 1
	for _, b := range raw[:min(int(offset), len(raw))] {
		column++
		if b == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

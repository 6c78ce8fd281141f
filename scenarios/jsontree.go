package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonNode is a value of a JSON text that knows where it stands.
type jsonNode struct {
	from, to int64       // bytes of the text; of a list or object, of its first
	end      int64       // one past the last byte
	kind     json.Delim  // { or [ for what holds others, else 0
	value    json.Token  // of the others: a string, json.Number, bool or nil
	names    []string    // of the items of an object
	items    []*jsonNode // of an object or a list
}

// deepest is how deep lists and objects may be nested.
const deepest = 50

// jsonReader reads a JSON text into nodes.
type jsonReader struct {
	*json.Decoder
	text []byte
}

// readJSON reads a text that holds one value. With an error comes the byte that
// it is about.
func readJSON(text []byte) (root *jsonNode, at int64, err error) {
	r := jsonReader{json.NewDecoder(bytes.NewReader(text)), text}
	r.UseNumber()
	root, err = r.node(0)
	if err == nil {
		if _, end := r.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows the end of the value")
		}
	}
	var fault *json.SyntaxError
	switch {
	case errors.As(err, &fault):
		return nil, max(fault.Offset-1, 0), err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, int64(len(bytes.TrimRight(text, " \t\r\n"))), errors.New("the text ends in the middle")
	}
	return root, r.InputOffset(), err
}

// node reads the next value, or the end of the list or object around it.
func (r jsonReader) node(depth int) (*jsonNode, error) {
	from := r.InputOffset()
	for from < int64(len(r.text)) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[from]) >= 0 {
		from++
	}
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	n := &jsonNode{from: from, to: r.InputOffset(), value: token}
	opened, ok := token.(json.Delim)
	n.end = n.to
	if !ok {
		return n, nil
	}
	n.kind, n.value = opened, nil
	if opened == ']' || opened == '}' {
		return n, nil
	}
	if depth == deepest {
		return nil, fmt.Errorf("nested more than %d deep", deepest)
	}
	for {
		item, err := r.node(depth + 1)
		switch {
		case err != nil:
			return nil, err
		case item.kind == ']' || item.kind == '}':
			n.end = item.to
			return n, nil
		case opened == '[':
			n.items = append(n.items, item)
			continue
		}
		name, _ := item.value.(string) // the decoder takes nothing else here
		if item, err = r.node(depth + 1); err != nil {
			return nil, err
		}
		n.names, n.items = append(n.names, name), append(n.items, item)
	}
}

// get is the item of an object with that name, nil where there is none or n is
// no object.
func (n *jsonNode) get(name string) *jsonNode {
	for i, x := range n.names {
		if x == name {
			return n.items[i]
		}
	}
	return nil
}

// text is what a string or a number says; nothing else has one.
func (n *jsonNode) text() (text string, ok bool) {
	switch x := n.value.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	}
	return "", false
}

// label is the text of the item with that name, "" where there is none.
func (n *jsonNode) label(name string) string {
	if item := n.get(name); item != nil {
		text, _ := item.text()
		return text
	}
	return ""
}

// atBytes tells a problem at a byte of the file, or at some.
func (f *dataFile) atBytes(from, to int64, message string) bool {
	from = min(from, int64(len(f.source.text)))
	before := f.source.text[:from]
	start := from - int64(bytes.LastIndexByte(before, '\n')) // the column, from 1
	return f.tell(bytes.Count(before, []byte("\n"))+1, int(start), int(start+max(to-from, 1)), message)
}

// atNode tells a problem at a value of the file; of a list or object, where it
// begins.
func (f *dataFile) atNode(n *jsonNode, format string, arguments ...any) bool {
	return f.atBytes(n.from, n.to, fmt.Sprintf(format, arguments...))
}

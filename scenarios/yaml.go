package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"gopkg.in/yaml.v3"
)

// YAML turns JSON into YAML in block style. The order of keys stays.
func YAML(jsonText []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(jsonText))
	decoder.UseNumber()
	node, err := yamlNode(decoder)
	if err != nil {
		return nil, fmt.Errorf("JSON to YAML: %w", err)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return nil, fmt.Errorf("JSON to YAML: %w", err)
	}
	return b.Bytes(), encoder.Close()
}

// oldBoolean are the texts that readers of YAML 1.1 take for truth values.
var oldBoolean = regexp.MustCompile(`^(?i:y|n|yes|no|on|off)$`)

// yamlNode reads the next JSON value as a YAML node.
func yamlNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch x := token.(type) {
	case json.Delim:
		return yamlCollection(decoder, x)
	case string:
		n := new(yaml.Node)
		n.SetString(x)
		if oldBoolean.MatchString(x) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n, nil
	case json.Number:
		tag := "!!int"
		if bytes.ContainsAny([]byte(x), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: x.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(x)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// yamlCollection reads what follows an opening bracket: in an object the keys are
// values that come before their values.
func yamlCollection(decoder *json.Decoder, open json.Delim) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if open == '{' {
		n.Kind = yaml.MappingNode
	}
	for decoder.More() {
		child, err := yamlNode(decoder)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, child)
	}
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	_, err := decoder.Token()
	return n, err
}

package scenarios

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// alarmResource is CloudFormation's type of alarms.
const alarmResource = "AWS::CloudWatch::Alarm"

// templated makes alarms of this format of a CloudFormation template's alarms. Intrinsic
// functions are read where the template itself has their value, or where the value does
// not matter; elsewhere the alarm is left out.
func (s *setter) templated(root *yaml.Node) *yaml.Node {
	resources := pair(root, "Resources")
	if resources.Kind != yaml.MappingNode {
		s.report(s.source, resources, problem{code: codeShape, message: "Resources is " + describe(resources), accepted: "a mapping"})
		return nil
	}
	var alarms []*yaml.Node
	for i := 0; i+1 < len(resources.Content); i += 2 {
		name, resource := resources.Content[i], resources.Content[i+1]
		if pairText(resource, "Type") != alarmResource {
			continue
		}
		if alarm := s.resourceAlarm(root, name, pair(resource, "Properties")); alarm != nil {
			alarms = append(alarms, alarm)
		}
	}
	if len(alarms) == 0 {
		s.report(s.source, resources, problem{code: codeFile, message: "no alarm of the template can be rehearsed", accepted: "resources of the type " + alarmResource + " on metrics of AWS/Kinesis"})
		return nil
	}
	return s.alarmsOf(resources, alarms)
}

// immaterial are properties of an alarm whose values change nothing here.
var immaterial = map[string]bool{
	"AlarmActions": true, "OKActions": true, "InsufficientDataActions": true, "AlarmDescription": true, "Tags": true, "Unit": true,
}

// resourceAlarm is an alarm of a template as describe-alarms would print it; nil if it
// hangs on what the template does not have.
func (s *setter) resourceAlarm(root, name, properties *yaml.Node) *yaml.Node {
	if properties == nil || properties.Kind != yaml.MappingNode {
		return nil
	}
	alarm := s.copied(name, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
	unknown := []string{}
	for i := 0; i+1 < len(properties.Content); i += 2 {
		key, value := properties.Content[i], properties.Content[i+1]
		if immaterial[key.Value] || key.Value == "AlarmName" && intrinsic(value) != "" {
			continue
		}
		plain := s.resolved(root, value, key.Value)
		if plain == nil {
			unknown = append(unknown, fmt.Sprintf("%s of line %d is %s", key.Value, value.Line, intrinsic(firstIntrinsic(value))))
			continue
		}
		alarm.Content = append(alarm.Content, key, plain)
	}
	if len(unknown) > 0 {
		s.unrehearsed = append(s.unrehearsed, name.Value)
		s.skip(name, fmt.Sprintf("alarm %s is left out: %s, whose value is not in the template; write the value, or deploy it and take 'aws cloudwatch describe-alarms'", shortened(name.Value), strings.Join(unknown, ", ")))
		return nil
	}
	if pairText(alarm, "AlarmName") == "" {
		alarm.Content = append(alarm.Content, s.copied(name, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "AlarmName"}),
			s.copied(name, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name.Value}))
	}
	return alarm
}

// intrinsic is the name of the function that a value is: !Ref, or Ref and Fn::Sub as JSON
// writes them; "" if it is none.
func intrinsic(n *yaml.Node) string {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Tag
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		if key := n.Content[0].Value; key == "Ref" || key == "Condition" || strings.HasPrefix(key, "Fn::") {
			return key
		}
	}
	return ""
}

// firstIntrinsic is the first function within a value.
func firstIntrinsic(n *yaml.Node) *yaml.Node {
	if intrinsic(n) != "" {
		return n
	}
	for _, child := range n.Content {
		if f := firstIntrinsic(child); f != nil {
			return f
		}
	}
	return nil
}

// resolved is a value without functions: a reference to a parameter is its default. Which
// stream it is does not matter, so a function that names it stands for itself. nil: its
// value is not known.
func (s *setter) resolved(root, n *yaml.Node, key string) *yaml.Node {
	function := intrinsic(n)
	if function == "" {
		if n.Kind == yaml.ScalarNode {
			return n
		}
		whole := s.copied(n, &yaml.Node{Kind: n.Kind, Tag: n.Tag})
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				key = child.Value
				whole.Content = append(whole.Content, child)
				continue
			}
			if pairText(n, "Name") == "StreamName" && key == "Value" && intrinsic(child) != "" {
				child = s.copied(child, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "the stream of the template"})
			}
			if child = s.resolved(root, child, key); child == nil {
				return nil
			}
			whole.Content = append(whole.Content, child)
		}
		return whole
	}
	name := n.Value
	if function == "Ref" {
		name = n.Content[1].Value
	} else if function != "!Ref" {
		return nil
	}
	parameters := pair(root, "Parameters")
	if parameters == nil {
		return nil
	}
	if parameter := pair(parameters, name); parameter != nil && pairText(parameter, "Default") != "" {
		return s.copied(n, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: pairText(parameter, "Default")})
	}
	return nil
}

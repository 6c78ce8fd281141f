package scenarios

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
)

// Options change a scenario before it is compiled.
type Options struct {
	Sets       []string // "stream.shards=12"; later ones win
	Seed       *uint64
	Resolution string
	Compare    string // "autoscale=none,substation,on-demand": in place of the scenario's compare
	Alarms     string // file with alarms to rehearse, in place of the scenario's
	yields     bool   // it is one of a plan's ways: what cannot be coarse is played record by record
}

// Load reads, checks and compiles a scenario. ref is the path of a file, the name
// of a scenario of the library, or "-" for stdin. An error is Problems: the
// scenario, or a file that it names, cannot be used. Warnings stand in the
// configuration.
func Load(ref string, stdin io.Reader, o Options) (*sim.Config, error) {
	config, problems := load(ref, stdin, o)
	if problems.Errors() {
		return nil, problems
	}
	return config, nil
}

// Check gives every problem and warning of a scenario.
func Check(ref string, stdin io.Reader, o Options) Problems {
	_, problems := load(ref, stdin, o)
	return problems
}

func load(ref string, stdin io.Reader, o Options) (*sim.Config, Problems) {
	x, problems := loadScenario(ref, stdin, o)
	if x == nil {
		return nil, problems
	}
	return x.config, problems
}

// loadScenario is load that also gives the scenario itself; nil if it has errors.
func loadScenario(ref string, stdin io.Reader, o Options) (*compiler, Problems) {
	s, problems := open(ref, stdin)
	if problems != nil {
		return nil, problems
	}
	c := newChecker(s)
	x := c.load(o)
	c.problems.sorted(s.name)
	if c.problems.Errors() {
		return nil, c.problems.cut(s.name)
	}
	config := x.config
	config.Warnings = c.problems.texts()
	config.Reproduce = reproduce(ref, config.Seed, o)
	for _, v := range config.Compare {
		v.Config.Reproduce = config.Reproduce
	}
	return x, c.problems
}

// load is the way of a text through the package. It goes on after errors as far
// as that makes sense.
func (c *checker) load(o Options) *compiler {
	root := c.parse()
	if root == nil {
		return nil
	}
	for _, text := range o.Sets {
		root = c.set(root, "--set", text, text)
	}
	if o.Resolution != "" {
		root = c.set(root, "--resolution", o.Resolution, "resolution="+o.Resolution)
	}
	if o.Compare != "" {
		root = c.compared(root, o.Compare)
	}
	if o.Alarms != "" {
		root = c.alarmed(root, o.Alarms)
	}
	x := c.through(root, o, nil)
	if c.problems.Errors() {
		return nil
	}
	x.contest(root, o)
	if c.problems.Errors() {
		return nil
	}
	x.root, x.tried = root, map[string]bool{}
	x.alternatives(root, x.scenario.Plan, o)
	if c.problems.Errors() {
		return nil
	}
	x.config.Document = x.scenario.document()
	return x
}

// through reads and compiles a tree; like is the compiler of the scenario that it is a
// variant of, or nil.
func (c *checker) through(root *yaml.Node, o Options, like *compiler) *compiler {
	scenario := fresh[Scenario]()
	scenario.Name = Name(c.source.title)
	c.value(reflect.ValueOf(scenario).Elem(), root, field{}, "") // what is faulty is marked so
	if scenario.Name == "" {
		scenario.Name = Name(c.source.title)
	}
	if o.Seed != nil {
		scenario.Seed = *o.Seed
	}
	c.yields = o.yields
	return c.compile(scenario, like)
}

// document is the effective scenario.
func (s *Scenario) document() json.RawMessage {
	document, err := json.Marshal(s)
	if err != nil {
		panic("scenarios: " + err.Error()) // plain data, with marshallers that do not fail
	}
	return document
}

// reproduce is the command line that gives a result again.
func reproduce(ref string, seed uint64, o Options) string {
	words := []string{"kinesim", "run", ref, "--seed", fmt.Sprint(seed)}
	if o.Resolution != "" {
		words = append(words, "--resolution", o.Resolution)
	}
	for _, s := range o.Sets {
		words = append(words, "--set", s)
	}
	if o.Compare != "" {
		words = append(words, "--compare", o.Compare)
	}
	if o.Alarms != "" {
		words = append(words, "--alarms", o.Alarms)
	}
	for i := range words {
		words[i] = Quoted(words[i])
	}
	return strings.Join(words, " ")
}

// harmless is what no shell changes.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quoted is a word as a shell takes it.
func Quoted(word string) string {
	if harmless.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

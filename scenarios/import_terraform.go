package scenarios

import (
	"fmt"
	"strings"
)

// tfResource is a resource of a Terraform state or plan: an instance with its
// arguments.
type tfResource struct {
	kind, address string
	values        *jsonNode
}

func holdsTerraform(root *jsonNode) bool {
	return root.get("planned_values") != nil || root.get("values") != nil && root.get("terraform_version") != nil ||
		root.get("resources") != nil && root.get("terraform_version") != nil
}

// terraform reads what 'terraform show -json' prints of a state or a plan, or a state
// file itself.
func (d *draft) terraform(f *importFile) {
	resources := tfResources(f.root)
	if resources == nil && !holdsTerraform(f.root) {
		f.atNode(f.root, "no planned_values, values or resources; expected what 'terraform show -json' prints of a plan or a state")
		return
	}
	stream, others := d.tfStream(f, resources)
	if stream == nil {
		return
	}
	d.tfArguments(f, stream.values)
	arn, only := stream.values.label("arn"), others == 0
	of := func(v *jsonNode, argument string) bool {
		to := v.label(argument)
		if to == "" || arn == "" {
			return only // the ARN is not known before it is applied
		}
		return to == arn || strings.HasPrefix(to, arn+"/consumer/")
	}
	fed := map[string]bool{} // consumers that feed a function
	for _, r := range resources {
		if to := r.values.label("event_source_arn"); r.kind == "aws_lambda_event_source_mapping" && strings.Contains(to, "/consumer/") {
			fed[to] = true
		}
	}
	for _, r := range resources {
		v := r.values
		switch {
		case r.kind == "aws_lambda_event_source_mapping" && of(v, "event_source_arn") && kinesisSource(v):
			d.tfFunction(f, r)
		case r.kind == "aws_kinesis_stream_consumer" && of(v, "stream_arn") && !fed[v.label("arn")]:
			d.fanout(orElse(v.label("name"), r.address), "from "+f.name(d))
		case r.kind == "aws_kinesis_firehose_delivery_stream":
			if source := v.get("kinesis_source_configuration").first(); source != nil && of(source, "kinesis_stream_arn") {
				d.reader(orElse(v.label("name"), r.address), "firehose: {}", "", "from "+f.name(d))
			}
		}
	}
	d.note(f, "the stream with its consumers, functions and delivery streams, as Terraform knows them")
}

// kinesisSource tells whether a mapping may read a stream of Kinesis.
func kinesisSource(v *jsonNode) bool {
	arn := v.label("event_source_arn")
	return arn == "" || strings.Contains(arn, ":kinesis:")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// first is the first item of a block, which Terraform writes as a list.
func (n *jsonNode) first() *jsonNode {
	if n == nil || n.kind != '[' || len(n.items) == 0 {
		return nil
	}
	return n.items[0]
}

// tfResources are all managed resources, those of modules too.
func tfResources(root *jsonNode) (found []tfResource) {
	for _, values := range []*jsonNode{root.get("planned_values"), root.get("values")} {
		if values != nil {
			return tfModule(values.get("root_module"))
		}
	}
	list := root.get("resources") // of a state file
	if list == nil {
		return nil
	}
	for _, r := range list.items {
		instances := r.get("instances")
		if instances == nil || r.label("mode") == "data" {
			continue
		}
		for _, i := range instances.items {
			if v := i.get("attributes"); v != nil {
				found = append(found, tfResource{r.label("type"), r.label("type") + "." + r.label("name"), v})
			}
		}
	}
	return found
}

func tfModule(m *jsonNode) (found []tfResource) {
	if m == nil {
		return nil
	}
	if list := m.get("resources"); list != nil {
		for _, r := range list.items {
			if v := r.get("values"); v != nil && r.label("mode") != "data" {
				found = append(found, tfResource{r.label("type"), r.label("address"), v})
			}
		}
	}
	if list := m.get("child_modules"); list != nil {
		for _, child := range list.items {
			found = append(found, tfModule(child)...)
		}
	}
	return found
}

// tfStream finds the stream that is asked for, or the only one. others is how many
// more there are.
func (d *draft) tfStream(f *importFile, resources []tfResource) (stream *tfResource, others int) {
	var names []string
	for i := range resources {
		r := &resources[i]
		if r.kind != "aws_kinesis_stream" {
			continue
		}
		name := orElse(r.values.label("name"), r.address)
		names = append(names, name)
		if d.options.Stream == "" || d.options.Stream == name || d.options.Stream == r.address {
			if stream != nil && d.options.Stream == "" {
				continue
			}
			stream = r
		}
	}
	switch {
	case len(names) == 0:
		f.atNode(f.root, "no aws_kinesis_stream among %s", count(len(resources), "resource"))
	case stream == nil:
		f.atNode(f.root, "no stream %q; the file has %s", shortened(d.options.Stream), shortList(names))
	case d.options.Stream == "" && len(names) > 1:
		f.atNode(f.root, "the file has the streams %s; say which one with --stream", shortList(names))
	default:
		return stream, len(names) - 1
	}
	return nil, 0
}

// tfArguments takes the arguments of aws_kinesis_stream.
func (d *draft) tfArguments(f *importFile, v *jsonNode) {
	d.call(v.label("name"))
	d.mode = "provisioned"
	if details := v.get("stream_mode_details").first(); details != nil {
		d.streamMode(f, details, details.label("stream_mode"))
	}
	if n := number(v, "shard_count"); n != nil && !n.zero() {
		d.shardCount(f, n, "shard_count")
	}
	if n := number(v, "retention_period"); n != nil {
		d.hours(f, n, "retention_period")
	}
	if n := number(v, "max_record_size_in_kib"); n != nil && !n.zero() {
		d.recordSize(f, n, "max_record_size_in_kib")
	}
	if n := number(v, "warm_throughput_mib_ps"); n != nil {
		d.warmed(f, n, "warm_throughput_mib_ps")
	}
}

// number is an argument that is set.
func number(v *jsonNode, name string) *jsonNode {
	n := v.get(name)
	if n == nil || n.value == nil && n.kind == 0 {
		return nil
	}
	return n
}

// zero tells whether a number is 0, as Terraform writes what is not set.
func (n *jsonNode) zero() bool {
	text, _ := n.text()
	return text == "0"
}

// tfFunction adds the function of an aws_lambda_event_source_mapping.
func (d *draft) tfFunction(f *importFile, r tfResource) {
	v := r.values
	name := v.label("function_name")
	if name == "" {
		name = v.label("function_arn")
	}
	name = orElse(name[strings.LastIndex(name, ":")+1:], r.address)
	if on := v.get("enabled"); on != nil && on.value == false {
		f.doubt(on, "the mapping of %s is not enabled; it is left out", d.shown(name))
		return
	}
	var settings []string
	for _, a := range tfSettings {
		n := number(v, a.argument)
		if n == nil {
			continue
		}
		x, ok := tfNumber(n)
		switch {
		case ok && (x == a.usual || x == -1 || x == 0 && a.low > 0): // not set
		case !ok || x < a.low || x > a.high:
			f.atNode(n, "%s is not a whole number from %d to %d", a.argument, a.low, a.high)
		default:
			settings = append(settings, a.setting+": "+fmt.Sprint(x)+a.unit)
		}
	}
	if on := v.get("bisect_batch_on_function_error"); on != nil && on.value == true {
		settings = append(settings, "bisect_on_error: true")
	}
	if types := v.get("function_response_types"); types != nil && len(types.items) > 0 {
		settings = append(settings, "report_batch_item_failures: true")
	}
	if v.get("destination_config").first() != nil {
		settings = append(settings, "on_failure: true")
	}
	if strings.Contains(v.label("event_source_arn"), "/consumer/") {
		settings = append(settings, "retrieval: efo")
	}
	if v.get("filter_criteria").first() != nil {
		d.assume("the filter of %s lets everything through; lambda.filter says which part it does", d.shown(name))
	}
	d.assume("each invocation of %s takes 100ms; lambda.duration says how long it does", d.shown(name))
	start := ""
	if at := v.label("starting_position"); at == "LATEST" {
		start = at
	}
	d.reader(name, "lambda: {"+strings.Join(settings, ", ")+"}", start, "from "+f.name(d))
}

// tfNumber is a number, which may be -1.
func tfNumber(n *jsonNode) (int64, bool) {
	text, ok := n.text()
	if text == "-1" {
		return -1, ok
	}
	x, err := fixed(text, 0)
	return x, ok && err == nil
}

// tfSettings are arguments of the mapping that are numbers.
var tfSettings = []struct {
	argument, setting, unit string
	usual, low, high        int64
}{
	{"batch_size", "batch_size", "", 100, 1, 10_000},
	{"maximum_batching_window_in_seconds", "window", "s", 0, 0, 300},
	{"parallelization_factor", "parallelization_factor", "", 1, 1, 10},
	{"maximum_retry_attempts", "retries", "", -1, 0, 10_000},
	{"maximum_record_age_in_seconds", "max_record_age", "s", -1, 60, 604_800},
	{"tumbling_window_in_seconds", "tumbling_window", "s", 0, 0, 900},
}

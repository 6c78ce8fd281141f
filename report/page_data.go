package report

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// pageData is what the script of the page reads values from: the points that are drawn,
// once, with as many digits as a reader needs.
type pageData struct {
	End     float64               `json:"end"` // of the axis of time, in seconds
	Start   string                `json:"start,omitempty"`
	Zone    string                `json:"zone,omitempty"`
	Offset  int                   `json:"offset,omitempty"` // of the zone, in seconds
	Step    float64               `json:"step"`
	Figures map[string]figureData `json:"figures"`
	Events  []eventData           `json:"events"`
}

// figureData is one figure over time.
type figureData struct {
	Unit   Unit         `json:"unit"`
	Y      [3]any       `json:"y"` // from, to, logarithmic
	Series []seriesData `json:"series,omitempty"`
	Heat   *heatData    `json:"heat,omitempty"`
}

// seriesData is one line: a value for each bin or step, or values from their instants on.
type seriesData struct {
	Name  string   `json:"name"`
	Color string   `json:"color"`
	Dash  int      `json:"dash,omitempty"`
	Step  float64  `json:"step,omitempty"` // of values that hold longer than a bin
	From  instants `json:"x,omitempty"`
	Value numbers  `json:"y"`
}

// heatData is a heat map in whole percents.
type heatData struct {
	Step float64   `json:"step"`
	Rows []string  `json:"rows"`
	Use  []numbers `json:"use"`
}

// eventData is one line of the timeline.
type eventData struct {
	Number int      `json:"n"`
	Span   instants `json:"span"` // from, to
	What   string   `json:"what"`
}

// numbers are written with four digits; what is no number is null.
type numbers []float64

// MarshalJSON is of json.Marshaler.
func (n numbers) MarshalJSON() ([]byte, error) { return jsonList(n, fourDigits), nil }

// instants are seconds of the run, to a thousandth.
type instants []float64

// MarshalJSON is of json.Marshaler.
func (n instants) MarshalJSON() ([]byte, error) {
	return jsonList(n, func(v float64) float64 { return math.Round(v*1e3) / 1e3 }), nil
}

func jsonList(list []float64, rounded func(float64) float64) []byte {
	b := append(make([]byte, 0, 6*len(list)+2), '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, rounded(v), 'f', -1, 64)
	}
	return append(b, ']')
}

func fourDigits(v float64) float64 {
	if v == 0 {
		return 0 // not -0
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return v
	}
	return short
}

// dataOf gathers the data of a page. In JSON < and & are escaped, so no name can end the
// element that it stands in.
func dataOf(d *Document) ([]byte, error) {
	r := d.Result
	b := newBuilder(r)
	data := pageData{End: b.moments.timeAxis().Max, Step: r.Series.StepS, Figures: map[string]figureData{}, Events: []eventData{}}
	if start := b.moments.start; !start.IsZero() {
		data.Start = start.Format(time.RFC3339)
		data.Zone, data.Offset = start.Zone()
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		if f.Chart == nil || !f.Chart.X.Time {
			continue
		}
		data.Figures[f.ID] = b.figureData(f.Chart)
		if f.Lens != nil {
			data.Figures[f.ID+lensSuffix] = b.figureData(f.Lens.Chart)
		}
	}
	for _, e := range d.Events {
		data.Events = append(data.Events, eventData{e.Number, instants{e.From, e.To}, e.What})
	}
	return json.Marshal(data)
}

// lensSuffix ends the id of a figure as CloudWatch would show it.
const lensSuffix = "-lens"

func (b *builder) figureData(c *Chart) figureData {
	f := figureData{Unit: c.Y.Unit, Y: [3]any{fourDigits(c.Y.Min), fourDigits(c.Y.Max), c.Y.Log}}
	if c.Heat != nil {
		f.Heat = &heatData{Step: c.Heat.Step, Rows: c.Heat.Rows}
		for _, row := range c.Heat.Values {
			use := make(numbers, len(row))
			for i, v := range row {
				use[i] = math.Round(v * 100)
			}
			f.Heat.Use = append(f.Heat.Use, use)
		}
	}
	if c.Y.Unit == "" {
		return f
	}
	for i := range c.Series {
		if s := &c.Series[i]; !s.Loose && len(s.Points) > 2 { // a line of two points is a guess, not a measure
			f.Series = append(f.Series, b.seriesData(s))
		}
	}
	return f
}

func (b *builder) seriesData(s *Series) seriesData {
	name, _, _ := strings.Cut(s.Name, ": up to ") // what a legend adds is too long for a cursor
	name, _, _ = strings.Cut(name, ", ")
	d := seriesData{Name: name, Color: hexColor(hueColor(s.Hue)), Dash: s.Dash, Value: make(numbers, len(s.Points))}
	if s.Period > 0 {
		d.Step, d.Value = s.Period, nil
		for i := 0; i < len(s.Points); i += 2 {
			d.Value = append(d.Value, s.Points[i].Y)
		}
		return d
	}
	binned := len(s.Points) == b.r.Series.Bins
	for i, p := range s.Points {
		d.Value[i] = p.Y
		if s.Base != nil { // an area stands on what is below it
			d.Value[i] -= s.Base[i]
		}
		binned = binned && p.X == b.middle(i)
	}
	if binned {
		return d
	}
	for _, p := range s.Points {
		d.From = append(d.From, p.X)
	}
	return d
}

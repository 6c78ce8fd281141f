package client_test

import (
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

const second = time.Second

// sent are the calls that the shard saw: instants, and how many records each had.
func (s *stage) sent() (instants []des.Time, counts []int) {
	for _, r := range s.accepted() {
		if n := len(instants); n > 0 && instants[n-1] == r.at {
			counts[n-1]++
			continue
		}
		instants, counts = append(instants, r.at), append(counts, 1)
	}
	return instants, counts
}

func TestBatchesAreSentWhenTheyShouldBe(t *testing.T) {
	for _, c := range []struct {
		name      string
		perSecond int64
		clients   int
		put       client.Put
		end       time.Duration
		instants  []des.Time
		counts    []int
	}{
		{"full with the tenth record, at the instant at which it arises", 1000, 1,
			client.Put{Records: 10, Bytes: model.MiB, Linger: second}, 40 * ms,
			[]des.Time{at(9), at(19), at(29), at(39)}, []int{10, 10, 10, 10}},
		{"the oldest has lingered", 10, 1,
			client.Put{Records: 500, Bytes: model.MiB, Linger: 250 * ms}, 1200 * ms,
			[]des.Time{at(250), at(550), at(850), at(1150)}, []int{3, 3, 3, 3}},
		{"what arises as the linger ends still joins", 10, 1,
			client.Put{Records: 500, Bytes: model.MiB, Linger: 200 * ms}, second,
			[]des.Time{at(200), at(500), at(800)}, []int{3, 3, 3}},
		{"the fourth record would pass 3,999 bytes: it sends those before it", 100, 1,
			client.Put{Records: 500, Bytes: 3_999, Linger: second}, 100 * ms,
			[]des.Time{at(30), at(60), at(90)}, []int{3, 3, 3}},
		{"exactly 4,000 bytes fit", 100, 1,
			client.Put{Records: 500, Bytes: 4_000, Linger: second}, 100 * ms,
			[]des.Time{at(40), at(80)}, []int{4, 4}},
		{"a record larger than a call goes alone", 100, 1,
			client.Put{Records: 500, Bytes: 10, Linger: second}, 35 * ms,
			[]des.Time{at(10), at(20), at(30)}, []int{1, 1, 1}},
		{"without linger each goes as it arises", 100, 1,
			client.Put{Records: 500, Bytes: model.MiB}, 35 * ms,
			[]des.Time{at(0), at(10), at(20), at(30)}, []int{1, 1, 1, 1}},
		{"PutRecord", 100, 1, client.Put{Single: true}, 35 * ms,
			[]des.Time{at(0), at(10), at(20), at(30)}, []int{1, 1, 1, 1}},
		{"clients take turns, and each fills its own batch", 100, 2,
			client.Put{Records: 2, Bytes: model.MiB, Linger: second}, 75 * ms,
			[]des.Time{at(20), at(30), at(60), at(70)}, []int{2, 2, 2, 2}},
		{"a batch of one", 100, 1, client.Put{Records: 1, Bytes: model.MiB, Linger: second}, 25 * ms,
			[]des.Time{at(0), at(10), at(20)}, []int{1, 1, 1}},
		{"what is due at the end is not sent any more", 100, 1,
			client.Put{Records: 500, Bytes: model.MiB, Linger: 30 * ms}, 30 * ms, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := app(c.perSecond, c.put)
			p.Clients = c.clients
			s := newStage(nil)
			s.play(t, p, c.end)
			instants, counts := s.sent()
			if !slices.Equal(instants, c.instants) || !slices.Equal(counts, c.counts) {
				t.Errorf("sent %v with %v records, want %v with %v", instants, counts, c.instants, c.counts)
			}
			all := s.producer.Total()
			arose := (int64(c.end)*c.perSecond + int64(second) - 1) / int64(second) // at 0, 1/rate, 2/rate …, before the end
			if all.Offered != arose || all.OfferedBytes != arose*1000 {
				t.Errorf("%d records of %d bytes offered, %d arose", all.Offered, all.OfferedBytes, arose)
			}
			if all.Waiting != arose-s.stream.End(0) {
				t.Errorf("%d of %d records waiting, %d accepted", all.Waiting, arose, s.stream.End(0))
			}
		})
	}
}

// TestOrderInTheBatch: records keep the order of their arising, through batches
// that a large record cuts short.
func TestOrderInTheBatch(t *testing.T) {
	p := app(1000, client.Put{Records: 7, Bytes: 4_500, Linger: 3 * ms})
	p.Size = rising{}
	s := newStage(nil)
	s.play(t, p, 100*ms)
	rows := s.accepted()
	for i, r := range rows {
		if want := int64(1000 + i + 1); r.size != want {
			t.Fatalf("row %d has %d bytes, want %d", i, r.size, want)
		}
	}
	if len(rows) < 90 {
		t.Errorf("only %d rows", len(rows))
	}
}

// TestCallsOverTheServicesLimits: the service refuses them as they are, all of
// their records fail, and none is sent again.
func TestCallsOverTheServicesLimits(t *testing.T) {
	for _, c := range []struct {
		name     string
		put      client.Put
		limit    func(*model.Limits)
		size     workload.Size
		rejected int64
		accepted int64
	}{
		{"too many records", client.Put{Records: 8, Bytes: model.MiB, Linger: second}, func(l *model.Limits) { l.PutRecordsRecords = 7 }, workload.ConstantSize(999), 8, 0},
		{"as many as may be", client.Put{Records: 8, Bytes: model.MiB, Linger: second}, func(l *model.Limits) { l.PutRecordsRecords = 8 }, workload.ConstantSize(999), 0, 8},
		{"too many bytes", client.Put{Records: 8, Bytes: model.MiB, Linger: second}, func(l *model.Limits) { l.PutRecordsBytes = 7_999 }, workload.ConstantSize(999), 8, 0},
		{"as many as fit", client.Put{Records: 8, Bytes: model.MiB, Linger: second}, func(l *model.Limits) { l.PutRecordsBytes = 8_000 }, workload.ConstantSize(999), 0, 8},
		{"one record too large takes its call along", client.Put{Records: 4, Bytes: 10 * model.MiB, Linger: second}, nil, sizes{10, 10, 10, model.MiB - 1, 10, 10, model.MiB, 10}, 4, 4},
		{"PutRecord: only itself", client.Put{Single: true}, nil, sizes{10, 10, 10, model.MiB, 10, 10, 10, 10}, 1, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := once(t, 8, c.put)
			p.Size, p.Retry = c.size, client.Forever{}
			s := newStage(func(l *model.Limits) {
				l.WriteBytesPerSecond, l.WriteBurstBytes = 100*model.MiB, 100*model.MiB
				if c.limit != nil {
					c.limit(l)
				}
			})
			s.play(t, p, 3*second)
			got := s.producer.Total()
			want := client.Tally{Offered: 8, OfferedBytes: got.OfferedBytes, Accepted: c.accepted, Stored: c.accepted, Failed: c.rejected, Rejected: c.rejected, Attempts: 8}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			var bytes int64
			for _, k := range s.producer.KeyLoads(des.Forever) {
				bytes += k.Bytes
			}
			if bytes != got.OfferedBytes || bytes == 0 {
				t.Errorf("%d bytes offered, %d under keys", got.OfferedBytes, bytes)
			}
		})
	}
}

// sizes are given one by one.
type sizes []model.Bytes

func (s sizes) Largest() model.Bytes           { return slices.Max(s) }
func (s sizes) Mean() float64                  { return 0 }
func (s sizes) Start(*des.Rand) workload.Sizes { rest := slices.Clone(s); return &given{rest} }

type given struct{ rest sizes }

func (g *given) Fill(dst []uint32) {
	for i := range dst {
		dst[i], g.rest = uint32(g.rest[0]), g.rest[1:]
	}
}

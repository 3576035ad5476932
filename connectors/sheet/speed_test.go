package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

// export is a membership list as it is exported, with rows of 21 cells.
func export(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("Membership Number,Title,First Name,Known As,Surname,Email Address,Mobile,Address,Postcode,DOB,Date Joined,Paid To,Status," +
		"Months in arrears,Subscription,Branch,Do not email,No post,Buddy,Last seen,Notice\r\n")
	status := []string{"Active", "In arrears", "lapsed", "Provisional"}
	for i := range rows {
		fmt.Fprintf(&b, "A%06d,Ms,Jo,,Sample%d,jo.sample%d@example.org,07700 9%05d,\"%d High Street, Overton\",OV1 %dAB,%02d/%02d/19%02d,%02d/%02d/2019,2026-12-31,%s,%d,£%d.50,North,No,Yes,Lee Example,%02d/11/2026 19:30,7 days\r\n",
			i*7919%1000000, i, i, i%100000, i%200, i%10, 1+i%28, 1+i%12, 50+i%50, 1+i%28, 1+i%12, status[i%4], i%7, i%40, 1+i%30)
	}
	return b.Bytes()
}

// BenchmarkReadBytes reads a table with the product and, as the limit, cuts it
// into cells only with encoding/csv. The ratio of the two is what counts.
func BenchmarkReadBytes(b *testing.B) {
	for _, rows := range []int{3_000, 50_000} {
		data := export(rows)
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			schema, clock := members(), london(b)
			ours, limit := time.Hour, time.Hour // the best round of each: others share this machine
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				r, err := ReadBytes("list.csv", data, changedOn, Spec{}, schema, clock)
				ours = min(ours, time.Since(start))
				if err != nil || len(r.Records) != rows {
					b.Fatalf("%d records: %v", len(r.Records), err)
				}
				start = time.Now()
				n := cut(b, data)
				limit = min(limit, time.Since(start))
				if n != rows+1 {
					b.Fatalf("encoding/csv has %d rows", n)
				}
			}
			b.ReportMetric(limit.Seconds()/ours.Seconds(), "of-the-limit")
			b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
		})
	}
}

func cut(b *testing.B, data []byte) int {
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	for n := 0; ; n++ {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

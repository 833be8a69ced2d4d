package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// The bounds that are promised.
const (
	withinIdeal  = 1.5
	fasterThan   = 20
	withinMemory = 150 << 20
)

// figures are what was measured.
type figures struct {
	floor, copied, again []time.Duration
	peak                 []int64
}

func (o options) measure(ctx context.Context, s *shop, out, progress io.Writer) (broken int, err error) {
	var f figures
	for round := range o.rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, o.rounds)
		if err := o.round(ctx, s, &f); err != nil {
			return 0, err
		}
	}
	fmt.Fprintf(progress, "a loop of kubectl over %d targets\n", o.looped)
	s.fleet.empty()
	s.secret(100)
	looped, err := s.loop(ctx, o.looped)
	if err != nil {
		return 0, err
	}
	return o.report(out, f, looped), nil
}

// round measures each once.
func (o options) round(ctx context.Context, s *shop, f *figures) error {
	body := s.secret(100)
	s.fleet.empty()
	floor, err := s.fleet.floor(ctx, o.parallel, body)
	if err != nil {
		return err
	}
	s.fleet.empty()
	copied, err := s.copyAll(ctx, o.parallel)
	if err != nil {
		return err
	}
	again, err := s.copyAll(ctx, o.parallel)
	if err != nil {
		return err
	}
	f.floor, f.copied, f.again = append(f.floor, floor), append(f.copied, copied.Wall), append(f.again, again.Wall)
	return o.large(ctx, s, f)
}

// large measures memory with a Secret of 1 MiB, written and then read back.
func (o options) large(ctx context.Context, s *shop, f *figures) error {
	s.secret(1 << 20)
	s.fleet.empty()
	for range 2 {
		one, err := s.copyAll(ctx, o.parallel)
		if err != nil {
			return err
		}
		f.peak = append(f.peak, one.Peak)
	}
	return nil
}

func (o options) report(out io.Writer, f figures, looped time.Duration) (broken int) {
	rounds := (o.targets + o.parallel - 1) / o.parallel
	ideal := time.Duration(rounds) * 3 * o.latency
	floor, copied := median(f.floor), median(f.copied)
	peak := int64(0)
	for _, one := range f.peak {
		peak = max(peak, one)
	}
	each := looped / time.Duration(o.looped)
	fmt.Fprintf(out, `%d targets, %d at once, %v more for each handshake and each answer, medians of %d rounds:

  by latency alone (handshake, look, write; %d rounds)  %v
  a client that does just that, without a check         %v
  kubectl secretsync copy                               %v
  the same again, nothing to do                         %v
  kubectl get | kubectl apply, by %d targets: %v each    %v
  peak memory with a Secret of 1 MiB, of %d runs        %d MiB

`, o.targets, o.parallel, o.latency, o.rounds, rounds, ideal, floor.Round(time.Millisecond), copied.Round(time.Millisecond), median(f.again).Round(time.Millisecond),
		o.looped, each.Round(time.Millisecond), (each * time.Duration(o.targets)).Round(time.Second), len(f.peak), peak>>20)
	verdict := func(what string, value, bound float64, holds bool) {
		word := "holds"
		if !holds {
			word = "BROKEN"
			broken++
		}
		fmt.Fprintf(out, "  %-45s %7.2f, bound %6.2f: %s\n", what, value, bound, word)
	}
	ratio := float64(copied) / float64(floor)
	verdict("times the ideal client", ratio, withinIdeal, ratio <= withinIdeal)
	faster := float64(each) * float64(o.targets) / float64(copied)
	verdict("times faster than the loop", faster, fasterThan, faster >= fasterThan)
	verdict("MiB of memory", float64(peak)/(1<<20), withinMemory>>20, peak <= withinMemory)
	return broken
}

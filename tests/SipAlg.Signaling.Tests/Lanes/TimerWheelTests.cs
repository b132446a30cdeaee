using FsCheck;
using FsCheck.Fluent;
using SipAlg.Signaling.Lanes;
using SipAlg.Testing;

namespace SipAlg.Signaling.Tests.Lanes;

public sealed class TimerWheelTests
{
    private const long Day = 24L * 60 * 60 * 1000;

    [Fact]
    public void Fires_as_a_sorted_list_would()
    {
        var step = Gen.Choose(0, 9).SelectMany(what => Gen.Choose(0, 20).SelectMany(scale =>
            Gen.Choose(0, 1 << scale).Select(value => (What: what, Value: value))));
        Prop.ForAll(Arb.From(Gen.ListOf(step)), steps => new Comparison(startAt: 12_345).Run(steps)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Fires_a_timer_of_a_day_on_its_millisecond()
    {
        var wheel = new TimerWheel(1_000);
        var sink = new Sink();
        wheel.Schedule(1_000 + Day, 1, 2, 3);

        wheel.Advance(1_000 + Day - 1, sink);
        Assert.Empty(sink.Slots);
        wheel.Advance(1_000 + Day, sink);

        Assert.Equal([2], sink.Slots);
        Assert.Equal(long.MaxValue, wheel.NextDue);
    }

    [Fact]
    public void Wakes_seldom_for_a_far_timer()
    {
        var wheel = new TimerWheel(0);
        var sink = new Sink();
        wheel.Schedule(Day, 0, 0, 0);
        var wakes = 0;
        for (; wheel.Count > 0; wakes++)
        {
            wheel.Advance(wheel.NextDue, sink);
        }

        Assert.InRange(wakes, 1, 7);
    }

    [Fact]
    public void Keeps_the_order_of_scheduling_within_a_millisecond()
    {
        var wheel = new TimerWheel(0);
        var sink = new Sink();
        wheel.Schedule(100_000, 0, 1, 0);
        wheel.Advance(99_000, sink);
        wheel.Schedule(100_000, 0, 2, 0);
        wheel.Advance(99_999, sink);
        wheel.Schedule(100_000, 0, 3, 0);
        wheel.Advance(200_000, sink);

        Assert.Equal([1, 2, 3], sink.Slots);
    }

    [Fact]
    public void Refuses_the_id_of_a_timer_that_is_gone()
    {
        var wheel = new TimerWheel(0, capacity: 1);
        var cancelled = wheel.Schedule(10, 0, 1, 0);
        Assert.True(wheel.Cancel(cancelled));
        var tenant = wheel.Schedule(10, 0, 2, 0);

        Assert.False(wheel.Cancel(cancelled));
        Assert.False(wheel.Cancel(default));
        wheel.Advance(10, new Sink());
        Assert.False(wheel.Cancel(tenant));
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_timer_scheduled_by_a_timer_for_now_waits_for_the_next_tick()
    {
        var wheel = new TimerWheel(0);
        var sink = new Sink();
        sink.OnFire = slot =>
        {
            if (slot < 5)
            {
                wheel.Schedule(0, 0, slot + 1, 0);
            }
        };
        wheel.Schedule(10, 0, 1, 0);

        wheel.Advance(10, sink);
        Assert.Equal([1], sink.Slots);
        wheel.Advance(12, sink);
        Assert.Equal([1, 2, 3], sink.Slots);
    }

    [Fact]
    public void A_timer_may_cancel_its_neighbours_of_the_same_millisecond()
    {
        var wheel = new TimerWheel(0);
        var sink = new Sink();
        wheel.Schedule(63, 0, 1, 0);
        var second = wheel.Schedule(63, 0, 2, 0);
        wheel.Schedule(63, 0, 3, 0);
        var later = wheel.Schedule(127, 0, 4, 0);
        sink.OnFire = _ => wheel.Cancel(second);

        wheel.Advance(63, sink);

        Assert.Equal([1, 3], sink.Slots);
        Assert.True(wheel.Cancel(later));
        Assert.Equal(long.MaxValue, wheel.NextDue);
    }

    [Fact]
    public void Allocates_nothing_once_grown()
    {
        var wheel = new TimerWheel(0, capacity: 256);
        var sink = new NullSink();
        Assert.Equal(0, Allocations.Of(() => Churn(wheel, sink)));
    }

    private static void Churn(TimerWheel wheel, ITimerSink sink)
    {
        var now = wheel.Count == 0 ? 0 : wheel.NextDue;
        for (var index = 0; index < 5_000; index++)
        {
            var id = wheel.Schedule(now + (index % 700), 0, index, 0);
            if (index % 3 == 0)
            {
                wheel.Cancel(id);
            }

            if (wheel.Count > 200)
            {
                now += 500;
                wheel.Advance(now, sink);
            }
        }
    }

    private sealed class NullSink : ITimerSink
    {
        public void OnTimer(byte kind, int slot, uint generation)
        {
        }
    }

    private sealed class Sink : ITimerSink
    {
        public List<int> Slots { get; } = [];

        public Action<int>? OnFire { get; set; }

        public void OnTimer(byte kind, int slot, uint generation)
        {
            Slots.Add(slot);
            OnFire?.Invoke(slot);
        }
    }

    /// <summary>The wheel beside a list that is sorted at each step.</summary>
    private sealed class Comparison(long startAt) : ITimerSink
    {
        private readonly TimerWheel _wheel = new(startAt, capacity: 1);
        private readonly List<(long Due, int Slot, TimerId Id)> _model = [];
        private readonly List<int> _fired = [];
        private long _next = startAt;
        private int _lastSlot;

        public bool Run(IEnumerable<(int What, int Value)> steps)
        {
            foreach (var (what, value) in steps)
            {
                switch (what)
                {
                    case < 6:
                        Schedule(_next + value - 3);
                        break;
                    case < 8 when _model.Count > 0:
                        Cancel(value % _model.Count);
                        break;
                    default:
                        Advance(_next + value);
                        break;
                }

                Assert.Equal(_model.Count, _wheel.Count);
                Assert.True(_wheel.NextDue <= _model.Select(timer => timer.Due).DefaultIfEmpty(long.MaxValue).Min());
            }

            return true;
        }

        public void OnTimer(byte kind, int slot, uint generation)
        {
            Assert.Equal((byte)slot, kind);
            Assert.Equal((uint)slot * 3, generation);
            _fired.Add(slot);
        }

        private void Schedule(long due)
        {
            var slot = ++_lastSlot;
            _model.Add((Math.Max(due, _next), slot, _wheel.Schedule(due, (byte)slot, slot, (uint)slot * 3)));
        }

        private void Cancel(int index)
        {
            Assert.True(_wheel.Cancel(_model[index].Id));
            Assert.False(_wheel.Cancel(_model[index].Id));
            _model.RemoveAt(index);
        }

        private void Advance(long now)
        {
            _fired.Clear();
            _wheel.Advance(now, this);
            Assert.Equal(_model.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due).Select(timer => timer.Slot), _fired);
            _model.RemoveAll(timer => timer.Due <= now);
            _next = now + 1;
        }
    }
}

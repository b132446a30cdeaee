using BenchmarkDotNet.Attributes;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Benchmarks;

/// <summary>Timers beside a hundred thousand others.</summary>
[MemoryDiagnoser]
public class TimerWheelBenchmarks : ITimerSink
{
    private const int Others = 100_000;
    private readonly TimerWheel _wheel = new(0, Others * 2);
    private long _now;
    private long _fired;

    [GlobalSetup]
    public void Fill()
    {
        for (var n = 0; n < Others; n++)
        {
            _wheel.Schedule(1_000_000_000L + n, 1, n, 1);
        }
    }

    [Benchmark]
    public bool ScheduleAndCancel() => _wheel.Cancel(_wheel.Schedule(_now + 32_000, 1, 0, 1));

    [Benchmark]
    public long ScheduleAndFire()
    {
        _wheel.Schedule(_now + 500, 1, 0, 1);
        _wheel.Advance(++_now, this);
        return _fired;
    }

    void ITimerSink.OnTimer(byte kind, int slot, uint generation) => _fired++;
}

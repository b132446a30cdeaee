using System.Runtime;
using SipAlg.Linux.Memory;

namespace SipAlg.Hosting;

/// <summary>
/// Gives memory back after a rush: the collector keeps what it once needed, and so does the allocator under it. Only when no call has
/// been up for a while, since a compacting collection stops every thread for some 10 ms.
/// </summary>
internal sealed class IdleTrim(Func<int> activeCalls, Func<int> transactions, ILogger log, TimeProvider time) : IDisposable
{
    /// <summary>Calls at once from which on there is something to give back.</summary>
    private const int Many = 100;

    /// <summary>The same of transactions, which registrations leave behind without any call.</summary>
    private const int ManyTransactions = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(10);

    private ITimer? _timer;
    private long _quietSince = time.GetTimestamp();
    private bool _isDue;
    private bool _isDueAgain;

    /// <summary>Collections made.</summary>
    public int Trims { get; private set; }

    public void Start() => _timer = time.CreateTimer(_ => Look(), null, Period, Period);

    public void Dispose() => _timer?.Dispose();

    /// <summary>Called once a second.</summary>
    internal void Look()
    {
        var calls = activeCalls();
        _isDueAgain |= transactions() >= ManyTransactions;
        if (calls > 0)
        {
            _quietSince = time.GetTimestamp();
            _isDue |= calls >= Many;
            _isDueAgain |= _isDue;
            return;
        }

        if (time.GetElapsedTime(_quietSince) < QuietFor)
        {
            return;
        }

        if (_isDue)
        {
            _isDue = false;
            Trim();
        }
        else if (_isDueAgain && transactions() == 0)
        {
            // RFC 3261's transactions outlive their calls by half a minute, and keep messages.
            _isDueAgain = false;
            Trim();
        }
    }

    private void Trim()
    {
        var before = Environment.WorkingSet;
        var began = time.GetTimestamp();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.GiveBack();
        Trims++;
        HostingLog.Trimmed(log, before >> 20, Environment.WorkingSet >> 20, time.GetElapsedTime(began).TotalMilliseconds);
    }
}

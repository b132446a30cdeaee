namespace SipAlg.Media;

/// <content>What it does, how much of it and by which way; readable by any thread.</content>
public sealed unsafe partial class MediaRelay
{
    public int Threads => _threads.Length;

    /// <summary>Exceptions that relay threads survived, and sockets that the system would not watch.</summary>
    public long Faults => _threads.Sum(thread => thread.Faults);

    /// <summary>The kernel relays what it can.</summary>
    public bool HasFastPath => Kernel != null;

    /// <summary>It does so by clsact, for want of tcx.</summary>
    public bool IsFastPathByClsact => Kernel is { IsByClsact: true };

    /// <summary>It does so slower than it could, for want of CAP_PERFMON at the start.</summary>
    public bool HasBarriers => Kernel is { HasBarriers: true };

    /// <summary>Why the kernel relays nothing, as the end of a sentence; empty when it does.</summary>
    public string FastPathRefusal { get; }

    /// <summary>Flows (one direction of a stream each) that the kernel relays now; any thread.</summary>
    public int KernelFlows => _threads.Sum(thread => thread.Flows.Count);

    /// <summary>Packets that the kernel has relayed, as of the last second; they are among the realms' totals. Any thread.</summary>
    public long KernelPackets => _threads.Sum(thread => thread.Flows.Packets);

    /// <summary>Flows whose packets the kernel brings to a relay thread past its sockets, since more is to be done with them; any thread.</summary>
    public int RingFlows => _threads.Sum(thread => thread.Ring.Flows);

    /// <summary>Packets that came so; any thread.</summary>
    public long RingPackets => _threads.Sum(thread => thread.Ring.Packets);

    /// <summary>Packets that were to come so, found no room, and came by their sockets, as of the last second; any thread.</summary>
    public long RingWithoutRoom => _threads.Sum(thread => thread.Ring.WithoutRoom);

    /// <summary>Interfaces whose packets the kernel looks at; any thread.</summary>
    public int KernelInterfaces => Kernel?.Links.Attached ?? 0;

    /// <summary>Ports share sockets.</summary>
    public bool SharesSockets => Steering != null;

    /// <summary>Why each port has a socket, as the end of a sentence; empty when they share.</summary>
    public string SharingRefusal { get; }

    /// <summary>Relay threads were to run before all others, which the system does not allow this process.</summary>
    public bool MayNotRunFirst { get; }

    /// <summary>
    /// A realm's totals since the start, from any thread; ports that were closed are in them. The sockets in use are asked for what the
    /// system has dropped: a microsecond each.
    /// </summary>
    public RelayTotals Read(int realm)
    {
        var sum = Realms.Sum(realm);
        var closed = sum.Dropped(DropReason.Kernel);
        sum.Drop(DropReason.Kernel, _kernelDrops.Read(realm, closed) - closed);
        return sum;
    }

    /// <summary>Adds up the relay delay of all threads, from any thread.</summary>
    /// <param name="buckets">At least <see cref="RelayDelay.Buckets"/>, zeroed; each counts its own observations only.</param>
    /// <returns>The sum of all observations in seconds.</returns>
    public double ReadDelay(Span<long> buckets)
    {
        double sum = 0;
        foreach (var thread in _threads)
        {
            sum += thread.Delay.AddTo(buckets);
        }

        return sum;
    }

    /// <summary>The same of how long packets of the streams that are stamped waited in their sockets, from their arrival on.</summary>
    /// <inheritdoc cref="ReadDelay"/>
    public double ReadWaits(Span<long> buckets)
    {
        double sum = 0;
        foreach (var thread in _threads)
        {
            sum += thread.Waits.AddTo(buckets);
        }

        return sum;
    }
}

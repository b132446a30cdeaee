using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Memory;
using SipAlg.Linux.Netlink;

namespace SipAlg.Media.Kernel;

/// <summary>What the relay has in the kernel: the map of flows, the cells that both share, the program, and its places at interfaces. All end with the process.</summary>
internal sealed unsafe class KernelRelay : IDisposable
{
    /// <summary>Pairs of ports with a cell; memory of the kernel that is taken at once (6 MiB). Pairs beyond stay in user space.</summary>
    private const int MostCells = 32768;

    /// <summary>One a pair, and some that are closed but not yet removed.</summary>
    private const int MostFlows = 2 * MostCells;

    /// <summary>Room for 3,276 packets of audio: what comes during a pause of 65 ms at 50,000 a second.</summary>
    internal const int RingOctets = 1 << 20;

    /// <summary>More relay threads have none: a program holds 64 maps at most.</summary>
    private const int MostRings = 32;

    private readonly Lock _taking = new();
    private readonly BpfMap _cells;
    private readonly SharedMemory _memory;
    private readonly BpfProgram _program;
    private readonly IProgramPlaces _places;
    private int _taken;

    private KernelRelay(BpfMap flows, BpfMap cells, SharedMemory memory, List<BpfRing> rings, BpfProgram program, IProgramPlaces places)
    {
        (Flows, _cells, _memory, Rings, _program, _places) = (flows, cells, memory, rings, program, places);
        Links = new LinkKeeper(places);
    }

    /// <summary>By <see cref="FlowKey"/>.</summary>
    public BpfMap Flows { get; }

    /// <summary>Of relay threads, by number: packets that the program does not relay itself. Empty where the kernel gives none.</summary>
    public IReadOnlyList<BpfRing> Rings { get; }

    public LinkKeeper Links { get; }

    /// <summary>The system has no tcx, and the program is attached by clsact.</summary>
    public bool IsByClsact => _places is ClsactPlaces;

    /// <summary>
    /// The kernel has put barriers into the program, behind which the processor waits for memory: whoever loaded it had not CAP_PERFMON, and is not to
    /// learn by how long something takes what the kernel's memory holds.
    /// </summary>
    public bool HasBarriers { get; private init; }

    /// <summary>Streams between two ends of this host cross here too.</summary>
    public bool ServesLoopback { get; private init; }

    /// <summary>Sets all up, unless the system does not allow it or cannot.</summary>
    /// <param name="servesLoopback">Also between two ends of this host.</param>
    /// <param name="withoutTcx">As on a system that has none.</param>
    /// <param name="threads">Relay threads.</param>
    /// <param name="loader">Loads the program; null: the calling thread.</param>
    /// <param name="refusal">Why not, in words for who runs the gateway; empty on success.</param>
    public static KernelRelay? TryOpen(bool servesLoopback, bool withoutTcx, int threads, CapableThread? loader, out string refusal)
    {
        // The last is for who sends what comes by rings, and may be missing.
        Capabilities.Raise(Capabilities.Bpf, Capabilities.NetworkAdministration, Capabilities.RawSockets);
        var opened = new Stack<IDisposable>();
        try
        {
            var relay = Open(opened, servesLoopback, withoutTcx, threads, loader);
            refusal = "";
            return relay;
        }
        catch (Exception fault) when (fault is SystemCallException or BpfRefusedException)
        {
            while (opened.TryPop(out var half))
            {
                half.Dispose();
            }

            refusal = Explain(fault);
            return null;
        }
    }

    /// <summary>Cells for a pool, side by side; null when there are not so many left.</summary>
    public FlowCell* TryTake(int cells, out int first)
    {
        lock (_taking)
        {
            if (cells > MostCells - _taken)
            {
                first = -1;
                return null;
            }

            first = _taken;
            _taken += cells;
            return (FlowCell*)_memory.Start + first;
        }
    }

    /// <summary>After the relay threads have ended: cells are not to be touched any more but for reading counters, so they stay.</summary>
    public void Dispose()
    {
        Links.Dispose();
        _places.Dispose();
        _program.Dispose();
        foreach (var ring in Rings)
        {
            ring.Dispose();
        }

        _cells.Dispose();
        Flows.Dispose();
    }

    private static KernelRelay Open(Stack<IDisposable> opened, bool servesLoopback, bool withoutTcx, int threads, CapableThread? loader)
    {
        var flows = Note(BpfMap.NewHash("sipalg_flows"u8, sizeof(FlowKey), sizeof(Flow), MostFlows));
        var cells = Note(BpfMap.NewSharedArray("sipalg_cells"u8, FlowCell.Octets, MostCells));
        var memory = Note(cells.Share(MostCells));
        var rings = OpenRings(opened, Math.Min(threads, MostRings));
        var code = FlowProgram.Write(flows.Descriptor, cells.Descriptor, [.. rings.Select(ring => ring.Descriptor)]);
        var (program, hasBarriers) = loader == null ? Load(code) : loader.Do(() => Load(code));
        Note(program);
        var places = Note(OpenPlaces(program, withoutTcx));
        return new KernelRelay(flows, cells, memory, rings, program, places) { ServesLoopback = servesLoopback, HasBarriers = hasBarriers };

        T Note<T>(T resource)
            where T : IDisposable
        {
            opened.Push(resource);
            return resource;
        }
    }

    private static (BpfProgram Program, bool HasBarriers) Load(ulong[] code)
    {
        Capabilities.Raise(Capabilities.Bpf, Capabilities.NetworkAdministration, Capabilities.PerformanceMonitoring);
        return (BpfProgram.Load("sipalg_relay"u8, code), !Capabilities.Has(Capabilities.PerformanceMonitoring));
    }

    /// <summary>Where the system refuses one, streams of its thread have their sockets.</summary>
    private static List<BpfRing> OpenRings(Stack<IDisposable> opened, int threads)
    {
        var rings = new List<BpfRing>();
        while (rings.Count < threads && BpfRing.TryOpen("sipalg_ring"u8, RingOctets) is { } ring)
        {
            opened.Push(ring);
            rings.Add(ring);
        }

        return rings;
    }

    /// <summary>By a trial, since permission and kernel decide on this as well: loopback is always there, and with no flow nothing happens.</summary>
    private static IProgramPlaces OpenPlaces(BpfProgram program, bool withoutTcx)
    {
        var tcx = new TcxPlaces(program);
        if (!withoutTcx && (Try(tcx, out var errno) || errno != Errors.InvalidArgument))
        {
            SystemCallException.CheckErrno(errno, "bpf(BPF_LINK_CREATE, BPF_TCX_INGRESS)");
            return tcx;
        }

        var clsact = ClsactPlaces.Open(program);
        if (Try(clsact, out errno))
        {
            return clsact;
        }

        clsact.Dispose();
        throw new SystemCallException("RTM_NEWTFILTER, clsact", errno);

        static bool Try(IProgramPlaces places, out int errno)
        {
            using var trial = places.TryAttach(NetworkInterface.Loopback, out errno);
            return trial != null;
        }
    }

    private static string Explain(Exception fault) => fault switch
    {
        SystemCallException { Errno: Errors.NotPermitted or Errors.PermissionDenied } or BpfRefusedException { Errno: Errors.NotPermitted } =>
            $"the process lacks the capabilities CAP_BPF and CAP_NET_ADMIN ({fault.Message})",
        SystemCallException { Errno: Errors.InvalidArgument } or BpfRefusedException { Errno: Errors.InvalidArgument } => $"the kernel is older than Linux 5.10 ({fault.Message})",
        _ => fault.Message,
    };
}

using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// Gives strangers queues of their own: a program in the kernel leads what peers and known sources send to one socket of a listener, and everything
/// else to another, so that strangers cannot fill the queue of those who belong. It ends with the sockets.
/// </summary>
internal sealed unsafe class SourceSteering : IDisposable
{
    /// <summary>Blocks of peers in all realms; what goes beyond is heard in the queue of strangers.</summary>
    private const int MostBlocks = 1 << 16;

    /// <summary>Known sources, of which those that were not heard of late make room: 6 MB of the kernel's memory.</summary>
    private const int MostKnown = 1 << 16;

    private const long NanosecondsOfMillisecond = 1_000_000;

    private readonly GateBoard _board;
    private readonly int _lanes;
    private readonly BpfMap _peers;
    private readonly BpfMap _known;
    private readonly Lock _taking = new();
    private HashSet<(IpNetwork, int)> _blocks = [];

    private SourceSteering(GateBoard board, int lanes, BpfMap peers, BpfMap known) => (_board, _lanes, _peers, _known) = (board, lanes, peers, known);

    /// <summary>Sets all up, unless the system does not allow it or cannot.</summary>
    /// <param name="board">Whose rules and sources it follows from here on.</param>
    /// <param name="refusal">Why not, in words for who runs the gateway; empty on success.</param>
    public static SourceSteering? TryOpen(GateBoard board, int lanes, out string refusal)
    {
        Capabilities.Raise(Capabilities.Bpf, Capabilities.NetworkAdministration);
        SourceSteering? steering = null;
        try
        {
            var peers = BpfMap.NewTrie("sipalg_peers"u8, sizeof(SteeredBlock), sizeof(uint), MostBlocks);
            try
            {
                steering = new SourceSteering(board, lanes, peers, BpfMap.NewForgetfulHash("sipalg_known"u8, sizeof(SteeredSource), sizeof(ulong), MostKnown));
            }
            finally
            {
                if (steering is null)
                {
                    peers.Dispose();
                }
            }

            steering.Try();
            steering.Begin();
            refusal = "";
            return steering;
        }
        catch (Exception fault) when (fault is SystemCallException or BpfRefusedException)
        {
            steering?.Dispose();
            refusal = Explain(fault);
            return null;
        }
    }

    /// <summary>Leads what comes to a listener from here on.</summary>
    /// <param name="options">The listener.</param>
    /// <param name="sockets">Of each lane one, and behind them of each lane one for strangers; all bound.</param>
    /// <exception cref="ListenerException">The kernel does not take it, though it took a trial.</exception>
    public void Attach(ListenerOptions options, ReadOnlySpan<int> sockets)
    {
        // A reload comes on another thread than the start, with what that thread has in effect.
        Capabilities.Raise(Capabilities.Bpf, Capabilities.NetworkAdministration);
        int errno;
        try
        {
            errno = TryAttach(options.Group, sockets);
        }
        catch (Exception fault) when (fault is SystemCallException or BpfRefusedException)
        {
            errno = fault is SystemCallException call ? call.Errno : ((BpfRefusedException)fault).Errno;
        }

        if (errno != 0)
        {
            throw new ListenerException(options, errno);
        }
    }

    public void Dispose()
    {
        _board.RulesTaken = null;
        _board.Known.Added = null;
        lock (_taking)
        {
            _peers.Dispose();
            _known.Dispose();
        }
    }

    private int TryAttach(int realm, ReadOnlySpan<int> sockets)
    {
        using var map = BpfMap.NewSharingSockets("sipalg_udp"u8, sockets.Length);
        for (var place = 0; place < sockets.Length; place++)
        {
            ulong value = (uint)sockets[place];
            var errno = map.Update(&place, &value);
            if (errno != 0)
            {
                return errno;
            }
        }

        var code = SteeringProgram.Write(realm, _lanes, _peers.Descriptor, _known.Descriptor, map.Descriptor);
        using var program = BpfProgram.Load("sipalg_strange"u8, code, BpfHook.SharedPort);
        return program.AttachTo(sockets[0]);
    }

    /// <summary>On sockets that nobody knows: what fails here is not asked for again.</summary>
    private void Try()
    {
        var trial = new ListenerOptions("trial", 0, Transport.Udp, new IpEndpoint(IpAddress.LoopbackV4, 0));
        var sockets = new List<UdpSocket>();
        try
        {
            while (sockets.Count < 2 * _lanes)
            {
                sockets.Add(new UdpSocket(sockets.Count == 0 ? trial : trial with { Address = sockets[0].Bound }, shared: true, 0));
            }

            var errno = TryAttach(0, [.. sockets.Select(socket => socket.Descriptor)]);
            if (errno != 0)
            {
                throw new SystemCallException("setsockopt(SO_ATTACH_REUSEPORT_EBPF)", errno);
            }
        }
        catch (ListenerException fault)
        {
            throw new SystemCallException("bind", fault.Errno);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private void Begin()
    {
        _board.RulesTaken = Take;
        _board.Known.Added = Know;
        Take(_board.Rules);
    }

    /// <summary>On a thread of whoever has come to know it.</summary>
    private void Know(IpAddress source, TimeSpan time)
    {
        var key = SteeredSource.Of(source);
        var until = (ulong)(Environment.TickCount64 + (long)time.TotalMilliseconds) * NanosecondsOfMillisecond;
        _ = _known.Update(&key, &until);
    }

    private void Take(GateRules rules)
    {
        lock (_taking)
        {
            var blocks = rules.Realms.Index().SelectMany(realm => (realm.Item?.PeerBlocks ?? []).Select(network => (network, realm.Index))).ToHashSet();
            foreach (var (network, realm) in _blocks.Except(blocks))
            {
                var key = SteeredBlock.Of(network, realm);
                _ = _peers.Delete(&key);
            }

            // All of them: what two had in common may have gone with one.
            uint one = 1;
            foreach (var (network, realm) in blocks)
            {
                var key = SteeredBlock.Of(network, realm);
                _ = _peers.Update(&key, &one);
            }

            _blocks = blocks;
        }
    }

    private static string Explain(Exception fault) => fault switch
    {
        SystemCallException { Errno: Errors.NotPermitted or Errors.PermissionDenied } or BpfRefusedException { Errno: Errors.NotPermitted or Errors.PermissionDenied } =>
            $"the process lacks the capability CAP_BPF ({fault.Message})",
        SystemCallException { Errno: Errors.InvalidArgument } or BpfRefusedException { Errno: Errors.InvalidArgument } => $"the kernel is too old ({fault.Message})",
        _ => fault.Message,
    };
}

using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Linux.Netlink;
using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sharing;

/// <summary>
/// The shared sockets of a pool, by local address and relay thread: opened when the first port wants one, and there until the relay ends. A pool has its
/// own, so that a realm's packets do not stand in another's queue, and what the system drops is known by realm. The lane opens; every thread may read.
/// </summary>
internal sealed unsafe class SharedPorts(PortSteering steering, ushort pool, byte dscp, MediaRelayOptions relay) : IDisposable
{
    private byte _dscp = dscp;
    private Entry[] _entries = [];
    private UdpLookup? _lookup;

    private readonly record struct Entry(IpAddress Bind, int Place, nint Socket)
    {
        public SharedSocket* Shared => (SharedSocket*)Socket;
    }

    /// <summary>Sockets that receive; any thread.</summary>
    public int Count => Volatile.Read(ref _entries).Length;

    /// <summary>What the system has dropped at them, with a number that it never falls below; any thread.</summary>
    public long Drops
    {
        get
        {
            var entries = Volatile.Read(ref _entries);
            long sum = 0;
            foreach (var entry in entries)
            {
                sum += SocketDrops.Of(entry.Shared->Receiver);
            }

            Interlocked.MemoryBarrier();
            // Those that were closed meanwhile may have been others.
            return Volatile.Read(ref _entries).Length < entries.Length ? 0 : sum;
        }
    }

    /// <summary>Relay thread: by the mark that its events carry.</summary>
    public SharedSocket* At(ulong mark) => Volatile.Read(ref _entries)[mark >> 32].Shared;

    /// <summary>Lane: the socket that ports of an address share on a relay thread; null: they have to have their own.</summary>
    public SharedSocket* TryFind(IpAddress bind, RelayThread thread)
    {
        foreach (var entry in _entries)
        {
            if (entry.Place == thread.Number && entry.Bind == bind)
            {
                return entry.Shared;
            }
        }

        return bind.IsUnspecified ? null : TryOpen(bind, thread);
    }

    /// <summary>Lane: whether nobody has a pair of ports: no socket, and no other gateway that shares.</summary>
    public PortTakeResult Check(IpEndpoint rtp)
    {
        var result = Check(_lookup!.Find(rtp));
        return result == PortTakeResult.Taken ? Check(_lookup.Find(rtp.WithPort((ushort)(rtp.Port + 1)))) : result;
    }

    /// <summary>Lane: from now on packets to a pair of ports come to its socket.</summary>
    public static void Claim(SharedSocket* socket, ushort port)
    {
        Volatile.Write(ref socket->Ports[port], socket->Number);
        Volatile.Write(ref socket->Ports[port + 1], socket->Number);
    }

    /// <summary>Relay thread: and now not any more; some may still be under way.</summary>
    public static void Leave(SharedSocket* socket, ushort port)
    {
        Volatile.Write(ref socket->Ports[port], (ushort)0);
        Volatile.Write(ref socket->Ports[port + 1], (ushort)0);
    }

    /// <summary>Lane: of what is sent from now on, by whoever shares them.</summary>
    public void SetDscp(byte dscp)
    {
        _dscp = dscp;
        foreach (var entry in _entries)
        {
            _ = MediaSocket.SetDscp(entry.Shared->Sender, entry.Bind.IsV6, dscp);
        }
    }

    /// <summary>After the relay threads have ended.</summary>
    public void Dispose()
    {
        var entries = Interlocked.Exchange(ref _entries, []);
        foreach (var entry in entries)
        {
            // The memory stays: pairs that were not released point to it.
            entry.Shared->Close();
        }

        _lookup?.Dispose();
    }

    private static PortTakeResult Check(int errno) => errno switch
    {
        0 => PortTakeResult.InUseElsewhere,
        Errors.NoEntry => PortTakeResult.Taken,
        _ => PortTakeResult.NoMemory,
    };

    private SharedSocket* TryOpen(IpAddress bind, RelayThread thread)
    {
        var ports = steering.TryPortsOf(bind);
        if (ports == null || !TryOpenLookup() || !SharedSocket.TryOpen(bind, relay.SocketReceiveBuffer, _dscp, out var opened))
        {
            return null;
        }

        opened.Number = steering.TryAdd(opened.Receiver);
        opened.Ports = ports;
        opened.StampedShare = relay.StampedShare != 0 && ArrivalStamp.TryStamp(opened.Receiver) ? relay.StampedShare : 0;
        var place = _entries.Length;
        var socket = (SharedSocket*)NativeMemory.AlignedAlloc((nuint)sizeof(SharedSocket), CacheLine.Octets);
        *socket = opened;
        Volatile.Write(ref _entries, [.. _entries, new Entry(bind, thread.Number, (nint)socket)]);
        if (opened.Number != 0 && thread.TryWatch(opened.Receiver, ((ulong)place << 32) | ((ulong)pool << 16)))
        {
            return socket;
        }

        Volatile.Write(ref _entries, _entries[..place]);
        opened.Close();
        return null;
    }

    private bool TryOpenLookup()
    {
        try
        {
            _lookup ??= new UdpLookup();
            return true;
        }
        catch (SystemCallException)
        {
            return false;
        }
    }
}

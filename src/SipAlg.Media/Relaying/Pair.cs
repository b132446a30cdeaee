using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Kernel;
using SipAlg.Media.Packets;
using SipAlg.Media.Ports;
using SipAlg.Media.Sharing;
using SipAlg.Media.Sources;
using SipAlg.Media.Srtp;
using SipAlg.Media.Statistics;
using SipAlg.Media.Tones;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Relaying;

/// <summary>
/// A pair of ports in its pool's native slab, which is never freed: a pointer to it is always good, and the generation
/// tells whether it is still the same taking. The lane takes it and says what it wants (<see cref="Orders"/>); the relay thread
/// has all the rest until it closed the sockets.
/// </summary>
/// <remarks>
/// The order of the fields is that of their use: the kernel's work between two packets pushes out what is known of a stream, and a packet
/// waits for each cache line of it.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Octets)]
internal unsafe struct Pair
{
    /// <summary>Whole cache lines, since neighbours may belong to different threads.</summary>
    private const int Octets = 25 * CacheLine.Octets;

    /// <summary>Changed by the relay thread when it closes the pair.</summary>
    public uint Generation;
    public ushort Port;

    /// <summary>Between taking (lane) and closing (relay thread).</summary>
    public bool IsOpen;

    /// <summary>The payload type whose clock the stream has; <see cref="StreamCounters.NoType"/> when it has to be looked up.</summary>
    public byte ClockedType;

    /// <summary>How often the lane has said what it wants: the lowest bit tells which of two places has the last that it said.</summary>
    public uint ToldOrders;
    public uint SeenOrders;
    public RelayTotals* Realm;

    /// <summary>The pair's own for good: its place in the kernel, and the counters of what arrives on the port of RTP.</summary>
    public FlowCell* Cell;

    /// <summary>The socket that its ports share with others; null: they have their own.</summary>
    public SharedSocket* Shared;

    /// <summary>What of it each packet asks for ends the first cache line.</summary>
    public Orders Active;

    /// <summary>What the lane calls it by.</summary>
    public ulong Owner;

    /// <summary>Link and mark of <see cref="PairQueue"/>.</summary>
    public Pair* Next;

    /// <summary>Of an end whose packets are encrypted, and of none else; in one cache line.</summary>
    public PairKeys Keys;

    /// <summary>Guards the latches for readers of other threads.</summary>
    public SequenceLock SourceLock;
    public int IsQueued;

    public int Thread;
    public ushort Pool;

    /// <summary>Set by the lane; from then on it touches the pair no more.</summary>
    public bool IsReleased;
    public bool IsWatched;
    public bool IsTone;

    /// <summary>Telephone events are being sent or heard.</summary>
    public bool IsBusy;

    /// <summary>The cell's number for the kernel; below 0: it knows nothing of it.</summary>
    public int CellIndex;

    /// <summary>What sends for its port of RTP at less cost than its own socket; null: nothing does. Beside <see cref="Keys"/>.</summary>
    public SharedSocket* Sender;

    public Slot Rtp;
    public Slot Rtcp;

    private Orders _evenOrders;
    private Orders _oddOrders;

    public ToneStream Tone;
    public FlowState Flow;

    /// <summary>Of RTCP that arrives, on whichever port.</summary>
    public ReportCounters Reports;

    public ForeignTypes Foreign;

    /// <summary>A packet is about to be received: its stream is fetched meanwhile.</summary>
    /// <param name="pair">Of the port.</param>
    /// <param name="slot">The port.</param>
    /// <param name="hasKeys">Some pairs have keys, perhaps these.</param>
    public static void Expect(Pair* pair, Slot* slot, bool hasKeys)
    {
        CacheLine.Fetch(&slot->Role);
        CacheLine.Fetch(&slot->Target);
        CacheLine.Fetch(pair->Cell);
        CacheLine.Fetch((byte*)pair->Cell + CacheLine.Octets);
        var partner = pair->Active.Partner;
        if (partner != null)
        {
            CacheLine.Fetch(partner);
            CacheLine.Fetch(slot == &pair->Rtp ? &partner->Rtp.Target : &partner->Rtcp.Target);
        }

        if (hasKeys)
        {
            CacheLine.Fetch(&pair->Keys);
            CacheLine.Fetch(partner == null ? &pair->Keys : &partner->Keys);
        }
    }

    /// <summary>Lane: begins a taking with sockets that are bound; the relay thread meets it by its queue.</summary>
    public void Open(int thread, ulong owner, IpAddress bound, RelayTotals* realm, in PortSockets sockets)
    {
        Thread = thread;
        Owner = owner;
        Realm = realm;
        Shared = sockets.Shared;
        Sender = null;
        Rtp = new Slot { Descriptor = sockets.Rtp };
        Rtcp = new Slot { Descriptor = sockets.Rtcp };
        Flow = new FlowState { Bound = bound };
        (Cell->Stream, Cell->PacketsIn, Cell->OctetsIn, Cell->PacketsOut, Cell->OctetsOut, Cell->WithoutRoom) = (default, 0, 0, 0, 0, 0);
        Reports = default;
        Foreign = default;
        ClockedType = StreamCounters.NoType;
        Tell(default);
        IsReleased = false;
        // Whoever sees it open sees its sockets.
        Volatile.Write(ref IsOpen, true);
    }

    /// <summary>Lane: what it has said last.</summary>
    [UnscopedRef]
    public readonly ref readonly Orders Orders => ref (ToldOrders & 1) == 0 ? ref _evenOrders : ref _oddOrders;

    /// <summary>Lane: names the targets and the sources.</summary>
    public void Aim(in MediaTarget target)
    {
        var orders = Orders;
        orders.Aim(target);
        Order(orders);
    }

    /// <summary>Lane: joins this with <paramref name="partner"/>, in this direction.</summary>
    public void JoinWith(Pair* partner) => Order(Orders with { Mode = PairMode.Join, Partner = partner, PartnerGeneration = partner->Generation });

    /// <summary>Lane.</summary>
    public void PlayTone(ToneCodec codec, byte payloadType) => Order(Orders with { Mode = PairMode.Tone, Codec = codec, PayloadType = payloadType });

    /// <summary>Lane.</summary>
    public void SetEvents(bool hasEvents) => Order(Orders with { HasEvents = hasEvents });

    /// <summary>Lane: a mode that needs nothing else.</summary>
    public void SetMode(PairMode mode) => Order(Orders with { Mode = mode });

    /// <summary>
    /// Any thread: from here on the kernel relays nothing from or to the pair by what it knows, and all packets come up. The lane says so
    /// when its orders are written, the relay thread when a source has changed: who makes a flow by what was before makes one that is closed.
    /// </summary>
    public readonly void Shut() => Interlocked.Increment(ref Cell->Gate);

    /// <summary>The relay thread goes by what the lane has said last.</summary>
    public readonly bool IsUpToDate => Volatile.Read(in ToldOrders) == SeenOrders;

    /// <summary>
    /// Takes over what the lane has said last. That is never half of it, and never older: a lane that was stopped in the midst of saying
    /// something new writes to the other place.
    /// </summary>
    public void Refresh()
    {
        for (var told = Volatile.Read(in ToldOrders); told != SeenOrders; told = Volatile.Read(in ToldOrders))
        {
            var orders = (told & 1) == 0 ? _evenOrders : _oddOrders;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(in ToldOrders) == told)
            {
                SeenOrders = told;
                Follow(orders);
                return;
            }
        }
    }

    /// <summary>Judges a packet that does not come from the settled source.</summary>
    public SourceVerdict Judge(ref Slot slot, in SockAddr source, in SourceRule rule, in StreamPosition position, long now)
    {
        SourceLock.BeginWrite();
        var verdict = slot.Latch.Judge(source, rule, position, now);
        SourceLock.EndWrite();
        if (verdict is SourceVerdict.Settled or SourceVerdict.TookOver)
        {
            Retarget();
            Shut();
        }

        return verdict;
    }

    /// <summary>Forgets the taking; the generation says so to all who hold a handle or a pointer.</summary>
    public void Clear()
    {
        IsOpen = false;
        IsWatched = false;
        IsTone = false;
        IsBusy = false;
        Active = default;
        Generation++;
    }

    private void Order(in Orders orders)
    {
        Tell(orders);
        Shut();
    }

    private void Tell(in Orders orders)
    {
        // A reader of this place sees first that it is not the last any more.
        Volatile.WriteBarrier();
        if ((ToldOrders & 1) == 0)
        {
            _oddOrders = orders;
        }
        else
        {
            _evenOrders = orders;
        }

        Volatile.Write(ref ToldOrders, ToldOrders + 1);
    }

    private void Follow(in Orders orders)
    {
        Cell->Stream.SetSilent(orders.IsSilent, orders.Silences != Active.Silences);
        ClockedType = StreamCounters.NoType;
        Active = orders;
        SourceLock.BeginWrite();
        Rtp.Latch.Aim(orders.Rtp);
        Rtcp.Latch.Aim(orders.Rtcp);
        SourceLock.EndWrite();
        Rtp.Role = orders.PassesAll ? PortRole.Other : orders.RtcpMux ? PortRole.RtpAndRtcp : PortRole.Rtp;
        Rtcp.Role = orders.PassesAll ? PortRole.Other : PortRole.Rtcp;
        Retarget();
    }

    /// <summary>Where packets leave to, by what the lane wants and the latches know.</summary>
    public void Retarget()
    {
        var learns = Active.Latching == Latching.Symmetric;
        Rtp.Target = Active.Rtp.IsNone || !learns || !Rtp.Latch.IsSettled ? Active.Rtp : Rtp.Latch.Settled;
        Rtcp.Target = Active.Rtcp.IsNone || !learns ? Active.Rtcp
            : Rtcp.Latch.IsSettled ? Rtcp.Latch.Settled
            : Rtp.Latch.IsSettled ? RtcpBeside(Rtp.Latch.Settled.ToEndpoint())
            : Active.Rtcp;
    }

    /// <summary>
    /// Where RTCP goes while its own source is unknown and RTP came from elsewhere than the SDP said: to that address,
    /// beside the RTP port if the SDP has them side by side, since address translators tend to keep that.
    /// </summary>
    private readonly SockAddr RtcpBeside(IpEndpoint rtpSource)
    {
        var rtp = Active.Rtp.ToEndpoint();
        var rtcp = Active.Rtcp.ToEndpoint();
        if (rtpSource.Address == rtp.Address)
        {
            return Active.Rtcp;
        }

        return SockAddr.From(rtpSource.WithPort(rtcp.Port == rtp.Port + 1 ? (ushort)(rtpSource.Port + 1) : rtcp.Port));
    }
}

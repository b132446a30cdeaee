using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Events;
using SipAlg.Media.Kernel;
using SipAlg.Media.Packets;
using SipAlg.Media.Ports;
using SipAlg.Media.Sharing;
using SipAlg.Media.Sources;
using SipAlg.Media.Srtp;
using SipAlg.Media.Statistics;

namespace SipAlg.Media.Relaying;

/// <summary>
/// The way of a packet: received, classified, its source accepted, counted, sent from the partner's port. Allocates
/// nothing, takes no lock; one a relay thread.
/// </summary>
internal sealed unsafe partial class PacketPath(SourceJudge sources, EventRelay events, StreamWatch streams, FlowMaker? flows, SecurePath secure, ReturnWatch returns) : IDisposable
{
    /// <summary>No UDP datagram is larger.</summary>
    private const int BufferOctets = 65536;

    private readonly byte* _ownBuffer = (byte*)NativeMemory.AlignedAlloc(BufferOctets, 64);
    private readonly SockAddr* _ownFrom = (SockAddr*)NativeMemory.AlignedAlloc(64, 64);

    /// <summary>The packet that is under way, and where it came from.</summary>
    private byte* _buffer;
    private SockAddr* _from;
    private bool _isRinged;

    /// <summary>The turn's time, set once a turn.</summary>
    public long Now { get; set; }

    /// <summary>Receives one packet of a port that is readable, and passes it on.</summary>
    public void Receive(Pair* pair, Slot* slot)
    {
        Pair.Expect(pair, slot, secure.IsUsed);
        var fromLength = (uint)SockAddr.Size;
        var received = (int)LibC.RecvFrom(slot->Descriptor, _ownBuffer, BufferOctets, SocketConstants.MsgDontWait, _ownFrom, &fromLength);
        if (received < 0)
        {
            ReceiveFailed(pair, slot);
        }
        else
        {
            Pass(pair, slot, _ownBuffer, _ownFrom, received);
        }
    }

    /// <summary>A packet of a pair is about to be passed on, that has come to its port of RTP.</summary>
    public void Expect(Pair* pair) => Pair.Expect(pair, &pair->Rtp, secure.IsUsed);

    /// <summary>The same a little later, of a pair that <see cref="Expect"/> was called for.</summary>
    public void ExpectKeys(Pair* pair) => secure.Expect(pair);

    /// <summary>Passes on a packet that has come to a port.</summary>
    /// <param name="pair">That of the port.</param>
    /// <param name="slot">The port.</param>
    /// <param name="buffer">Room for the largest datagram: it may get longer on its way.</param>
    /// <param name="from">Its source.</param>
    /// <param name="received">Its octets.</param>
    /// <param name="isRinged">It came past the port's socket, as those do whose flow is made already.</param>
    public void Pass(Pair* pair, Slot* slot, byte* buffer, SockAddr* from, int received, bool isRinged = false)
    {
        _buffer = buffer;
        _from = from;
        _isRinged = isRinged;
        Refresh(pair);
        secure.Expect(pair);
        slot->Totals.Arrived(received);
        pair->Realm->Arrived(received);
        var packet = new ReadOnlySpan<byte>(_buffer, received);
        var kind = PacketClass.Of(packet, slot->Role, pair->Active.RefusesDtls);
        if (kind >= PacketKind.Runt)
        {
            Drop(pair, slot, kind == PacketKind.Runt ? DropReason.Runt : DropReason.NotMedia);
        }
        else if (pair->Active.IsSecure)
        {
            PassSecure(pair, slot, kind, received);
        }
        else if (!IsAccepted(pair, slot, StreamPosition.Of(packet, kind, slot->Role)))
        {
            Drop(pair, slot, DropReason.Stranger);
        }
        else
        {
            slot->Accepted(Now);
            streams.Heard(pair, kind, _buffer, received, Now);
            Route(pair, slot, kind, received);
        }
    }

    /// <summary>Sends from a port to its target; a failure is counted where the packet came from.</summary>
    public void Send(Pair* sender, Slot* exit, void* packet, int octets, Pair* origin, Slot* entry)
    {
        if (exit->Target.IsNone && !returns.Reopens(sender, exit, Now))
        {
            Drop(origin, entry, DropReason.NoTarget);
        }
        else if (sender->Active.IsSecure && secure.Seal(sender, exit->Role, ref packet, ref octets) is { } reason)
        {
            Drop(origin, entry, reason);
        }
        else if (!TrySend(sender, exit, packet, octets) && (TakeErrors(sender, exit) == 0 || !TrySend(sender, exit, packet, octets)))
        {
            Drop(origin, entry, ReasonOf(LibC.Errno));
        }
        else
        {
            exit->Totals.Left(octets);
            sender->Realm->Left(octets);
        }
    }

    /// <summary>Sends an RTP packet that was made here to where those go that arrive at a pair.</summary>
    public void SendToPartner(Pair* pair, void* packet, int octets)
    {
        Refresh(pair);
        var partner = pair->Active.Partner;
        if (pair->Active.Mode != PairMode.Join || partner->Generation != pair->Active.PartnerGeneration)
        {
            Drop(pair, &pair->Rtp, DropReason.NoPartner);
            return;
        }

        Refresh(partner);
        Send(partner, &partner->Rtp, packet, octets, pair, &pair->Rtp);
    }

    /// <summary>Takes over what the lane wants, with its keys.</summary>
    public void Refresh(Pair* pair)
    {
        if (!pair->IsUpToDate)
        {
            pair->Refresh();
            secure.Look(pair);
            returns.Look(pair);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_ownBuffer);
        NativeMemory.AlignedFree(_ownFrom);
    }

    /// <summary>ICMP errors came back for what a port has sent.</summary>
    public static void CameBack(Pair* pair, Slot* slot, int errors)
    {
        slot->Totals.CameBack(errors);
        pair->Realm->CameBack(errors);
    }

    private bool IsAccepted(Pair* pair, Slot* slot, in StreamPosition position)
    {
        if (slot->Latch.IsFrom(*_from))
        {
            slot->Latch.Heard(position, Now);
            return true;
        }

        return sources.Accepts(pair, slot, *_from, position, Now);
    }

    private void Route(Pair* pair, Slot* slot, PacketKind kind, int octets)
    {
        switch (pair->Active.Mode)
        {
            case PairMode.Join:
                Cross(pair, slot, kind, octets);
                break;
            // Who hears its own Hello takes it for an error (RFC 6189 §5.9: equal ZIDs).
            case PairMode.Loop when kind == PacketKind.Zrtp:
                Drop(pair, slot, DropReason.NotMedia);
                break;
            case PairMode.Loop:
                Send(pair, slot, _buffer, octets, pair, slot);
                break;
            case PairMode.Separate:
                Drop(pair, slot, DropReason.NoPartner);
                break;
        }
    }

    private void Cross(Pair* pair, Slot* slot, PacketKind kind, int octets)
    {
        var partner = pair->Active.Partner;
        if (partner->Generation != pair->Active.PartnerGeneration)
        {
            Drop(pair, slot, DropReason.NoPartner);
            return;
        }

        Refresh(partner);
        if (pair->Active.HasEvents)
        {
            if (kind == PacketKind.Zrtp)
            {
                // What the two ends encrypt between them, no digit could be taken out of or put into.
                Drop(pair, slot, DropReason.NotMedia);
                return;
            }

            octets = events.Cross(pair, partner, kind, new Span<byte>(_buffer, BufferOctets), octets, Now);
            if (octets == 0)
            {
                Drop(pair, slot, DropReason.Converted);
                return;
            }
        }

        Send(partner, ExitOf(partner, kind, slot == &pair->Rtcp), _buffer, octets, pair, slot);
        if (flows != null && kind == PacketKind.Rtp && !_isRinged)
        {
            flows.Consider(pair, partner);
        }
    }

    /// <summary>RTCP changes ports when only one side multiplexes (RFC 5761); all else leaves as it came.</summary>
    private static Slot* ExitOf(Pair* partner, PacketKind kind, bool cameOnRtcp)
    {
        var onRtcp = kind == PacketKind.Rtcp ? !partner->Active.RtcpMux : cameOnRtcp;
        return onRtcp ? &partner->Rtcp : &partner->Rtp;
    }

    private static bool TrySend(Pair* sender, Slot* exit, void* packet, int octets) => sender->Shared != null
        ? UdpDatagram.TrySend(*sender->Shared, (ushort)(sender->Port + (exit == &sender->Rtcp ? 1 : 0)), exit->Target, packet, octets)
        : (sender->Sender != null && exit == &sender->Rtp && UdpDatagram.TrySend(*sender->Sender, sender->Port, exit->Target, packet, octets)) ||
            LibC.SendTo(exit->Descriptor, packet, (nuint)octets, SocketConstants.MsgDontWait, &exit->Target, exit->Target.Length) >= 0;

    /// <summary>
    /// Takes the ICMP errors that wait at a socket (IP_RECVERR). One of them is reported in place of the next send or receive,
    /// which has then not been tried.
    /// </summary>
    private static int TakeErrors(Pair* pair, Slot* slot)
    {
        if (pair->Shared != null)
        {
            // They come by a socket of their own.
            return 0;
        }

        var errno = LibC.Errno;
        var errors = ErrorQueue.Take(slot->Descriptor);
        if (errors == 0)
        {
            // What has failed did so by itself.
            Marshal.SetLastPInvokeError(errno);
            return 0;
        }

        CameBack(pair, slot, errors);
        return errors;
    }

    private static void ReceiveFailed(Pair* pair, Slot* slot)
    {
        // A datagram with a wrong checksum wakes the loop and is gone when it is asked for.
        if (TakeErrors(pair, slot) == 0 && LibC.Errno is not (Errors.Again or Errors.Interrupted))
        {
            Drop(pair, slot, DropReason.ReceiveFailed);
        }
    }

    private static void Drop(Pair* pair, Slot* slot, DropReason reason)
    {
        slot->Totals.Drop(reason);
        pair->Realm->Drop(reason);
    }

    private static DropReason ReasonOf(int errno) => errno switch
    {
        Errors.Again or Errors.NoBufferSpace or Errors.NoMemory => DropReason.Blocked,
        Errors.MessageTooLong => DropReason.TooLong,
        Errors.ConnectionRefused or Errors.HostUnreachable or Errors.NetworkUnreachable => DropReason.Unreachable,
        _ => DropReason.Refused,
    };
}

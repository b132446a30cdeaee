using System.Runtime.InteropServices;
using SipAlg.Media.Packets;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Srtp;

/// <summary>What is done with the packets of ports whose stream is encrypted; one a relay thread.</summary>
/// <param name="pools">Where the keys of ports are.</param>
/// <param name="second">Timestamps a second.</param>
internal sealed unsafe class SecurePath(PoolTable pools, long second) : IDisposable
{
    /// <summary>The largest datagram, and what it may get longer by.</summary>
    private const int BufferOctets = 65536 + 64;

    /// <summary>No UDP datagram is longer.</summary>
    private const int MostOctets = 65507;

    private readonly byte* _buffer = (byte*)NativeMemory.AlignedAlloc(BufferOctets, 64);

    /// <summary>Some pair has or had keys: it is worth looking for them ahead.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Decrypts a packet in its place.</summary>
    /// <param name="pair">That it came to.</param>
    /// <param name="kind">RTP or RTCP.</param>
    /// <param name="packet">As it came.</param>
    /// <param name="octets">Its length, and what is left of it.</param>
    /// <param name="now">Timestamp of the turn.</param>
    /// <returns>Null when it is done; else why the packet is dropped.</returns>
    public DropReason? Open(Pair* pair, PacketKind kind, byte* packet, ref int octets, long now)
    {
        var state = pair->Keys.Receives;
        if (state == null)
        {
            return DropReason.NoKeys;
        }

        return ReasonOf(kind == PacketKind.Rtp ? state->Open(packet, ref octets, _buffer, now) : state->OpenRtcp(packet, ref octets, _buffer));
    }

    /// <summary>Encrypts a packet that is about to leave; what belongs to no stream (STUN) leaves as it is.</summary>
    /// <param name="sender">That it leaves from.</param>
    /// <param name="role">Of the port that it leaves from.</param>
    /// <param name="packet">Readable, and what leaves in its place.</param>
    /// <param name="octets">Its length.</param>
    /// <returns>Null when it may leave; else why it is dropped.</returns>
    public DropReason? Seal(Pair* sender, PortRole role, ref void* packet, ref int octets)
    {
        var kind = PacketClass.Of(new ReadOnlySpan<byte>(packet, octets), role, refusesDtls: true);
        if (kind == PacketKind.Stun)
        {
            return null;
        }

        if (kind is not (PacketKind.Rtp or PacketKind.Rtcp))
        {
            return DropReason.NotMedia;
        }

        var state = sender->Keys.Sends;
        if (state == null)
        {
            return DropReason.NoKeys;
        }

        if (octets + state->Growth > MostOctets)
        {
            return DropReason.TooLong;
        }

        var reason = ReasonOf(kind == PacketKind.Rtp ? state->Seal((byte*)packet, ref octets, _buffer) : state->SealRtcp((byte*)packet, ref octets, _buffer));
        packet = _buffer;
        return reason;
    }

    /// <summary>
    /// A packet has come to a pair: what it is decrypted with, and encrypted for the partner, is fetched while its source is looked at. Both say where
    /// that is in a line that <see cref="Pair.Expect"/> has fetched.
    /// </summary>
    public void Expect(Pair* pair)
    {
        if (!IsUsed)
        {
            return;
        }

        if (pair->Active.IsSecure && pair->Keys.Receives != null)
        {
            SrtpState.Expect(pair->Keys.Receives, pair->Keys.ReceivingCipher);
        }

        var partner = pair->Active.Partner;
        if (partner != null && partner->Active.IsSecure && partner->Keys.Sends != null)
        {
            SrtpState.Expect(partner->Keys.Sends, partner->Keys.SendingCipher);
        }
    }

    /// <summary>The keys that the lane wants last hold from now on, and those before are not kept.</summary>
    public void Look(Pair* pair)
    {
        if (pools[pair->Pool].SecureOf(pair) is { } keys)
        {
            IsUsed = true;
            keys.TakeOver(second, ref pair->Keys);
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_buffer);

    private static DropReason? ReasonOf(SrtpResult result) => result switch
    {
        SrtpResult.Done => null,
        SrtpResult.Repeated => DropReason.Replay,
        _ => DropReason.Authentication,
    };
}

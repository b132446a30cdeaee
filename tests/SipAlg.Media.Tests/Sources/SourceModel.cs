using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Sources;

/// <summary>A packet as it comes to a port.</summary>
internal sealed record StreamPacket(IpEndpoint From, long Time, uint Ssrc, ushort Sequence);

/// <summary>
/// The source rule, word by word as it is asked for, over the whole history of packets: slow, and without any of the latch's state. The
/// latch is held against it.
/// </summary>
internal sealed class SourceModel(IpEndpoint sdp, IpAddress signalling, Func<IpAddress, bool> isMediaFrom)
{
    private const int OneSecond = 1000;
    private const int TwoSeconds = 2000;

    private readonly List<StreamPacket> _all = [];
    private readonly List<StreamPacket> _accepted = [];

    /// <summary>Whether a packet is accepted.</summary>
    public bool Takes(StreamPacket packet)
    {
        _all.Add(packet);
        var isAccepted = _accepted.Count == 0 ? MaySettle(packet) : packet.From == _accepted[^1].From || MayTakeOver(packet);
        if (isAccepted)
        {
            _accepted.Add(packet);
        }

        return isAccepted;
    }

    /// <summary>"A source with the SDP's address, the leg's signalling address or the peer's media_from settles at once, any other only after 1 s without those."</summary>
    private bool MaySettle(StreamPacket packet) =>
        IsNamed(packet.From) || packet.Time - _all.First(earlier => !IsNamed(earlier.From)).Time >= OneSecond;

    private bool MayTakeOver(StreamPacket packet)
    {
        // "The SDP address wins whenever it sends": its endpoint before another port of it, and that before all others.
        var settled = _accepted[^1].From;
        if (Nearness(packet.From) > Nearness(settled))
        {
            return true;
        }

        // "After 2 s of silence the same address or media_from may take over from another port with any SSRC,
        // another address only by continuing SSRC and sequence."
        return packet.Time - _accepted[^1].Time >= TwoSeconds &&
            (packet.From.Address == settled.Address || isMediaFrom(packet.From.Address) || Continues(packet, _accepted[^1]));
    }

    /// <summary>RFC 3550 A.1: a step of less than 3000 is the same stream, with losses.</summary>
    private static bool Continues(StreamPacket packet, StreamPacket last)
    {
        const int MostMissing = 3000;
        var step = ((packet.Sequence - last.Sequence) % 65536 + 65536) % 65536;
        return packet.Ssrc == last.Ssrc && step is > 0 and <= MostMissing;
    }

    private bool IsNamed(IpEndpoint source) => source.Address == sdp.Address || source.Address == signalling || isMediaFrom(source.Address);

    private int Nearness(IpEndpoint source) => source == sdp ? 2 : source.Address == sdp.Address ? 1 : 0;
}

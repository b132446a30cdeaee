using System.Buffers.Binary;
using System.Net;
using SipAlg.Interop.Tests.Audio;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>
/// What the gateway sends into one network, heard on the wire. baresip 1.0 drops its recording filter for good when the direction of its audio
/// changes, so that after a hold, and in a call that only plays, this is where to listen.
/// </summary>
internal sealed class AudioOnWire(Capture capture, IPAddress gateway)
{
    private const int HeaderLength = 12;

    /// <summary>RFC 3550 §5.1.</summary>
    private const int SourceOffset = 8;
    private const byte Version2 = 0x80;
    private const byte Pcmu = 0;
    private const byte Marker = 0x80;
    private const int HalfSecond = Tone.SampleRate / 2;
    private const double Clear = 0.5;

    /// <summary>Many packet times.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private short[] Samples() =>
    [
        .. capture.Packets.Where(IsAudio).SelectMany(packet => packet.Payload.Skip(HeaderLength)).Select(MuLaw.Decode),
    ];

    /// <summary>Each voice by itself, whose source it is by its SSRC.</summary>
    private Dictionary<uint, short[]> Voices() => capture.Packets.Where(IsAudio)
        .GroupBy(packet => BinaryPrimitives.ReadUInt32BigEndian(packet.Payload.AsSpan(SourceOffset)))
        .ToDictionary(voice => voice.Key, voice => voice.SelectMany(packet => packet.Payload.Skip(HeaderLength)).Select(MuLaw.Decode).ToArray());

    /// <summary>Waits until this tone is among what is sent, from now on: others may talk in the same network.</summary>
    public async Task CarriesAsync(double hertz)
    {
        var before = Voices();
        await Eventually.TrueAsync(
            () => Voices().Any(voice =>
                voice.Value.Length >= (before.GetValueOrDefault(voice.Key)?.Length ?? 0) + HalfSecond &&
                Tone.Share(voice.Value.AsSpan(voice.Value.Length - HalfSecond), hertz) > Clear),
            text: $"{hertz} Hz sent by {gateway}");
    }

    private bool IsAudio(CapturedPacket packet) =>
        packet.Source == $"{gateway}" && packet.Payload is [Version2, var type, ..] && (type & ~Marker) == Pcmu;

    /// <summary>Waits until this tone is what is sent, from now on.</summary>
    public async Task HoldsAsync(double hertz)
    {
        var before = Samples().Length;
        await Eventually.TrueAsync(
            () => Samples() is var samples && samples.Length >= before + HalfSecond && Tone.Share(samples.AsSpan(samples.Length - HalfSecond), hertz) > Clear,
            text: $"{hertz} Hz sent by {gateway}");
    }

    /// <summary>Waits until no audio has been sent for so long that packets would have come.</summary>
    public async Task FallsSilentAsync()
    {
        var (sent, since) = (-1, TimeProvider.System.GetTimestamp());
        await Eventually.TrueAsync(
            () =>
            {
                var now = capture.Packets.Count(IsAudio);
                (sent, since) = now == sent ? (sent, since) : (now, TimeProvider.System.GetTimestamp());
                return TimeProvider.System.GetElapsedTime(since) > Silence;
            },
            text: $"{gateway} sends no audio");
    }
}

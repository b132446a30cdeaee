using System.Runtime.InteropServices;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Tones;

/// <summary>Sends the tones of one relay thread, all on one 20 ms beat that drives the loop's time-out.</summary>
internal sealed unsafe class ToneSender(PacketPath path, long timestampsPerSecond) : IDisposable
{
    /// <summary>A loop that was held up longer leaves a gap instead of a burst.</summary>
    private const int MostBeatsBehind = 10;

    private readonly long _beat = timestampsPerSecond * ToneWave.SamplesPerPacket / ToneWave.SamplesPerSecond;
    private readonly byte* _packet = (byte*)NativeMemory.AlignedAlloc(ToneStream.PacketOctets, 64);
    private readonly List<nint> _pairs = [];
    private long _due;

    public bool IsEmpty => _pairs.Count == 0;

    public void Add(Pair* pair, long now)
    {
        if (IsEmpty)
        {
            _due = now;
        }

        pair->IsTone = true;
        pair->Tone = ToneStream.Begin(Random.Shared);
        _pairs.Add((nint)pair);
    }

    public void Remove(Pair* pair)
    {
        pair->IsTone = false;
        _pairs.Remove((nint)pair);
    }

    /// <summary>How long the loop may sleep, rounded up so that it does not wake before the beat.</summary>
    public int MillisecondsToNext(long now) =>
        (int)Math.Clamp((((_due - now) * 1000) + timestampsPerSecond - 1) / timestampsPerSecond, 0, 20);

    /// <summary>Sends a packet of each tone when the beat has come; returns how many.</summary>
    public int SendDue(long now)
    {
        if (IsEmpty || now < _due)
        {
            return 0;
        }

        _due = now - _due > MostBeatsBehind * _beat ? now + _beat : _due + _beat;
        var tones = _pairs.Count;
        for (var i = tones - 1; i >= 0; i--)
        {
            SendNext((Pair*)_pairs[i]);
        }

        return tones;
    }

    public void Dispose() => NativeMemory.AlignedFree(_packet);

    private void SendNext(Pair* pair)
    {
        path.Refresh(pair);
        if (pair->Active.Mode != PairMode.Tone)
        {
            Remove(pair);
            return;
        }

        pair->Tone.WriteNext(new Span<byte>(_packet, ToneStream.PacketOctets), pair->Active.Codec, pair->Active.PayloadType);
        path.Send(pair, &pair->Rtp, _packet, ToneStream.PacketOctets, pair, &pair->Rtp);
    }
}

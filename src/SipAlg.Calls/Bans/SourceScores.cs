using System.Numerics;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Bans;

/// <summary>How a source stands.</summary>
internal struct SourceScore
{
    /// <summary>0 for a place that is free.</summary>
    public uint Tag;

    /// <summary>Seconds of the lane, when the levels were true.</summary>
    public uint At;

    /// <summary>Since when anything has been held against it, in seconds of the lane.</summary>
    public uint Since;

    /// <summary>Before this second it is not looked at again whether it is to be banned.</summary>
    public uint RestsUntil;

    /// <summary>The same for what is proven, which what is not shall not put off.</summary>
    public uint ProvenRestsUntil;

    /// <summary>What is held against it that somebody else may have sent.</summary>
    public float Unproven;

    /// <summary>What it has sent itself.</summary>
    public float Proven;

    /// <summary>Names and numbers that it asked for, each by one bit of its hash.</summary>
    public ulong Names;

    /// <summary>How often it has answered challenges wrongly.</summary>
    public uint Wrong;

    /// <summary>What its last wrong answer was about.</summary>
    public ulong Attempt;

    /// <summary>When that was, in seconds of the lane, and how many came before it without a rest.</summary>
    public uint AttemptAt;
    public uint Repeats;

    public readonly float Level => Unproven + Proven;

    /// <summary>How many different names it asked for, as far as 64 bits tell (linear counting).</summary>
    public readonly int NameCount
    {
        get
        {
            var free = 64 - BitOperations.PopCount(Names);
            return free == 0 ? 64 * 5 : (int)Math.Round(64 * Math.Log(64.0 / free));
        }
    }
}

/// <summary>
/// What is held against sources, forgiven as time goes by. Fixed memory, lane-owned: when the table is full, the one is forgotten that has
/// least against it.
/// </summary>
internal sealed class SourceScores(KeyedHash hash)
{
    /// <summary>Points that are forgiven in a second.</summary>
    public const float Decay = 1;

    private const int Ways = 4;
    private const int Sets = 1024;
    private SourceScore[] _scores = [];
    private int _taken;

    /// <summary>Nothing is held against anybody.</summary>
    public bool IsEmpty => _taken == 0;

    /// <summary>The place of a source, as it stands now; a new one if it has none.</summary>
    /// <param name="now">Seconds of the lane.</param>
    public ref SourceScore Of(IpAddress source, uint now)
    {
        if (_scores.Length == 0)
        {
            _scores = new SourceScore[Sets * Ways];
        }

        var key = KeyOf(source);
        var set = SetOf(key);
        var least = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (set[way].Tag == Tag(key))
            {
                Forgive(ref set[way], now);
                return ref set[way];
            }

            least = Weight(set[way], now) < Weight(set[least], now) ? way : least;
        }

        ref var score = ref set[least];
        _taken += score.Tag == 0 ? 1 : 0;
        score = new SourceScore { Tag = Tag(key), At = now, Since = now };
        return ref score;
    }

    /// <summary>Nothing is held against a source any more.</summary>
    public void Forget(IpAddress source)
    {
        if (IsEmpty)
        {
            return;
        }

        var key = KeyOf(source);
        foreach (ref var score in SetOf(key))
        {
            if (score.Tag == Tag(key))
            {
                score = default;
                _taken--;
            }
        }
    }

    /// <summary>A number for an attempt, by what tells it from others; never 0.</summary>
    public ulong AttemptOf(ReadOnlySpan<byte> text) => hash.Of(text) | 1;

    /// <summary>The bit of a name.</summary>
    public ulong BitOf(ReadOnlySpan<byte> name) => 1UL << (int)(hash.Of(name) & 63);

    private static void Forgive(ref SourceScore score, uint now)
    {
        var forgiven = (now - score.At) * Decay;
        score.At = now;
        score.Unproven = Math.Max(0, score.Unproven - forgiven);
        score.Proven = Math.Max(0, score.Proven - forgiven);
        if (score.Level <= 0)
        {
            (score.Names, score.Wrong, score.Since) = (0, 0, now);
        }
    }

    private static float Weight(in SourceScore score, uint now) => score.Tag == 0 ? -1 : Math.Max(0, score.Level - ((now - score.At) * Decay));

    private ulong KeyOf(IpAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        return hash.Of(octets[..Prefixes.Household(source).WriteOctets(octets)]);
    }

    private Span<SourceScore> SetOf(ulong key) => _scores.AsSpan((int)(key % Sets) * Ways, Ways);

    private static uint Tag(ulong key) => (uint)(key >> 32) | 1;
}

using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Statistics;

/// <summary>
/// How speech that came so would sound to people: the E-model (ITU-T G.107) with all that a gateway cannot know at its default, so
/// R = 93.2 − Id − Ie,eff, on the scale of telephone speech: a wideband codec has no more than G.711.
/// </summary>
public static class EModel
{
    /// <summary>Ro − Is with the defaults of G.107 table 3.</summary>
    private const double Best = 93.2;

    /// <summary>Seconds that a player holds packets back, at most: what comes later than that is lost to the ear.</summary>
    private const double Buffer = 0.06;

    /// <summary>Seconds of speech in a packet, with what the codec looks ahead.</summary>
    private const double Packet = 0.025;
    /// <summary>With packet loss concealment, as phones have it.</summary>
    public static readonly SpeechCodec G711 = new(0, 25.1);
    public static readonly SpeechCodec G729 = new(11, 19);
    public static readonly SpeechCodec G723 = new(15, 16.1);

    /// <summary>GSM enhanced full rate, which is AMR at its best rate too: which of its rates AMR sends with is not looked at.</summary>
    public static readonly SpeechCodec GsmEfr = new(5, 10);

    /// <summary>GSM full rate; G.113 has no Bpl of it: that of GSM EFR.</summary>
    public static readonly SpeechCodec Gsm = new(20, 10);

    /// <summary>Not in G.113: as clear as G.729, and made to lose packets as well as G.711 does (RFC 3951 §1).</summary>
    public static readonly SpeechCodec Ilbc = new(10, 25.1);

    /// <summary>G.722 and Opus, which G.113 has no value of on this scale: G.711's.</summary>
    public static readonly SpeechCodec Wideband = G711;

    /// <summary>AMR-WB likewise, but it loses packets as its elder does.</summary>
    public static readonly SpeechCodec AmrWb = new(0, 10);

    /// <summary>Mean opinion score of audio, 1 to 4.5, as far as its codec is known and it is RTP.</summary>
    public static double? Mos(in StreamStatistics audio)
    {
        if (audio.Expected == 0 || Of(audio.Codec) is not { } codec)
        {
            return null;
        }

        var jitter = audio.HasJitter ? audio.MeanJitterSeconds : 0;
        var delay = (audio.RoundTripSeconds / 2) + Packet + Math.Min(Buffer, Math.Max(2 * jitter, Packet));
        return Mos(R(codec, delay, audio.LossRatio + ((1 - audio.LossRatio) * Late(jitter))));
    }

    /// <summary>The transmission rating factor.</summary>
    /// <param name="codec">Of the speech.</param>
    /// <param name="delay">From mouth to ear, in seconds.</param>
    /// <param name="loss">Part of the packets that does not come in time, 0 to 1; random.</param>
    public static double R(SpeechCodec codec, double delay, double loss)
    {
        var percent = 100 * loss;
        return Best - Delay(1000 * delay) - (codec.Ie + ((95 - codec.Ie) * percent / (percent + codec.Bpl)));
    }

    /// <summary>G.107 Annex B.</summary>
    public static double Mos(double r) => r <= 0 ? 1 : r >= 100 ? 4.5 : Math.Max(1, 1 + (0.035 * r) + (r * (r - 60) * (100 - r) * 7e-6));

    /// <summary>Id of G.107 with an echo that is cancelled, as straight lines (R. Cole, J. Rosenbluth, 2001).</summary>
    private static double Delay(double milliseconds) => (0.024 * milliseconds) + (milliseconds > 177.3 ? 0.11 * (milliseconds - 177.3) : 0);

    /// <summary>The part that comes too late for the player, where delays spread around their mean as by Laplace.</summary>
    private static double Late(double jitter) => jitter <= 0 ? 0 : Math.Exp(-Buffer / jitter) / 2;

    /// <returns>Null for one that nothing is known of.</returns>
    public static SpeechCodec? Of(AudioCodec codec) => codec switch
    {
        AudioCodec.G711 => G711,
        AudioCodec.G722 or AudioCodec.Opus => Wideband,
        AudioCodec.G723 => G723,
        AudioCodec.G729 => G729,
        AudioCodec.Gsm => Gsm,
        AudioCodec.GsmEfr or AudioCodec.Amr => GsmEfr,
        AudioCodec.Ilbc => Ilbc,
        AudioCodec.AmrWb => AmrWb,
        _ => null,
    };
}

/// <summary>What a codec costs.</summary>
/// <param name="Ie">Equipment impairment without loss (ITU-T G.113 Appendix I).</param>
/// <param name="Bpl">Robustness against random loss (likewise).</param>
public readonly record struct SpeechCodec(double Ie, double Bpl);

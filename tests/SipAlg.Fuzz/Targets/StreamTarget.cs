using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Fuzz.Targets;

/// <summary>Stream framing: octets that come in pieces are framed as if they had come at once, and as the parser reads them.</summary>
internal sealed class StreamTarget() : Target("stream", 70, Load("sip-torture", "*.dat"), SipWords.All)
{
    private readonly List<(FrameResult Result, int Length)> _atOnce = [];
    private readonly List<(FrameResult Result, int Length)> _inPieces = [];
    private readonly SipMessage _message = new();

    public override bool Generate(FuzzInput input, Dice dice)
    {
        input.Set(dice.Of<byte[]>(Seeds));
        for (var more = dice.Between(1, 3); more > 0; more--)
        {
            input.Append(dice.OneIn(4) ? dice.OneIn(2) ? "\r\n\r\n"u8 : "\r\n"u8 : dice.Of<byte[]>(Seeds));
        }

        return true;
    }

    public override string? Check(FuzzInput input, Features features)
    {
        var problem = Frame(input, _atOnce, null);
        _ = Frame(input, _inPieces, new Dice((ulong)Fingerprint(input.Octets)));
        foreach (var (result, length) in _atOnce)
        {
            features.AddSize((int)result, length);
        }

        features.AddSize(100, _atOnce.Count);
        return problem ?? (_atOnce.SequenceEqual(_inPieces) ? null : $"In pieces it is framed otherwise: {string.Join(' ', _atOnce)} / {string.Join(' ', _inPieces)}");
    }

    private string? Frame(FuzzInput input, List<(FrameResult, int)> frames, Dice? pieces)
    {
        frames.Clear();
        var framer = new StreamFramer();
        var octets = input.Octets;
        for (int start = 0, end = 0; end < octets.Length;)
        {
            end += pieces?.Between(1, Math.Min(octets.Length - end, pieces.OneIn(9) ? 2 : 600)) ?? octets.Length;
            while (true)
            {
                var result = framer.Next(octets[start..end], out var length);
                if (result == FrameResult.Incomplete)
                {
                    break;
                }

                frames.Add((result, length));
                if (result > FrameResult.Ping)
                {
                    return null;
                }

                if (length < 1 || length > end - start || (result == FrameResult.Message && Disagreement(input, start, length) is { } problem && problem.Length > 0))
                {
                    return "Parser and framer do not agree where a message ends.";
                }

                start += length;
            }
        }

        return null;
    }

    /// <summary>Where the parser finds a message sound, it must end where the framer said.</summary>
    private string? Disagreement(FuzzInput input, int start, int length) =>
        SipParser.Parse(_message, input.Buffer, FuzzInput.Start + start, length, isStream: true) switch
        {
            MessageFault.None when _message.End != FuzzInput.Start + start + length => "The end is elsewhere.",
            MessageFault.BodyCutShort or MessageFault.Unterminated or MessageFault.Empty => "It is cut.",
            _ => null,
        };
}

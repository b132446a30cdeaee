using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz;

/// <summary>Stream framing: octets that come in pieces are framed as if they had come at once, and as the parser reads them.</summary>
internal sealed class StreamTarget() : Target("stream", Load("sip-torture", "*.dat"))
{
    public override byte[] Input(int seed)
    {
        var random = new Random(seed);
        byte[] stream = [.. Files[random.Next(Files.Length)], .. Files[random.Next(Files.Length)], .. Files[random.Next(Files.Length)]];
        return new Mutator(seed).Damage(stream);
    }

    public override string? Check(byte[] input, int seed)
    {
        var atOnce = Frames(input, static left => left, out var problem);
        var random = new Random(seed);
        var inPieces = Frames(input, left => random.Next(1, Math.Min(left, 200) + 1), out _);
        return problem ?? (atOnce.SequenceEqual(inPieces) ? null : $"In pieces it is framed otherwise: {string.Join(' ', atOnce)} / {string.Join(' ', inPieces)}");
    }

    private static List<(FrameResult Result, int Length)> Frames(byte[] input, Func<int, int> piece, out string? problem)
    {
        var frames = new List<(FrameResult, int)>();
        var framer = new StreamFramer();
        problem = null;
        for (int start = 0, end = 0; end < input.Length && problem is null;)
        {
            end += piece(input.Length - end);
            while (true)
            {
                var result = framer.Next(input.AsSpan(start, end - start), out var length);
                if (result == FrameResult.Incomplete)
                {
                    break;
                }

                frames.Add((result, length));
                if (result > FrameResult.Ping)
                {
                    return frames;
                }

                problem ??= result == FrameResult.Message ? Disagreement(input, start, length) : null;
                start += length;
            }
        }

        return frames;
    }

    /// <summary>Where the parser finds a message sound, it must end where the framer said.</summary>
    private static string? Disagreement(byte[] input, int start, int length)
    {
        var message = new SipMessage();
        return SipParser.Parse(message, input, start, length, isStream: true) switch
        {
            MessageFault.None when message.End != start + length => "Parser and framer do not agree where the message ends.",
            MessageFault.BodyCutShort or MessageFault.Unterminated or MessageFault.Empty => "The framer cut a message that the parser finds short.",
            _ => null,
        };
    }
}

using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Stun;

namespace SipAlg.Fuzz.Targets;

/// <summary>Binding requests: an answer is never longer than it may be, repeats the transaction, and is no request itself.</summary>
internal sealed class StunTarget() : Target("stun", 40, Requests, StunWords)
{
    private static readonly byte[][] Requests =
    [
        Convert.FromHexString("000100002112A442000102030405060708090A0B"),
        Convert.FromHexString("00010008" + "000102030405060708090A0B0C0D0E0F" + "80220004" + "74657374"),
        Convert.FromHexString("000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"),
    ];

    private static readonly byte[][] StunWords = [[0x00, 0x01], [0x01, 0x01], [0x21, 0x12, 0xA4, 0x42], [0x80, 0x22, 0x00, 0x00], [0x80, 0x28, 0x00, 0x04], [0x00, 0x06, 0x00, 0x01], [0xFF, 0xFF], [0x00, 0x00], [0x00, 0x04]];
    private static readonly IpEndpoint Four = IpEndpoint.Parse("192.0.2.1:4711");
    private static readonly IpEndpoint Six = IpEndpoint.Parse("[2001:db8::1]:4711");

    private readonly byte[] _answer = new byte[StunBinding.MaxLength];

    public override string? Check(FuzzInput input, Features features)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = StunBinding.IsRequest(input.Octets) ? Answered(input, Four, features) ?? Answered(input, Six, features) : null;
        features.AddSize(1, input.Length);
        return GC.GetAllocatedBytesForCurrentThread() == before ? problem : problem ?? "It allocates.";
    }

    private string? Answered(FuzzInput input, IpEndpoint from, Features features)
    {
        var length = StunBinding.Answer(input.Octets, from, _answer);
        features.Add(2, length);
        features.Add(3, _answer[21]);
        return length > StunBinding.MaxLength || length % 4 != 0 ? "The answer has a wrong length."
            : !_answer.AsSpan(4, 16).SequenceEqual(input.Octets.Slice(4, 16)) ? "The answer is to another request."
            : StunBinding.IsRequest(_answer.AsSpan(0, length)) ? "The answer is a request." : null;
    }
}

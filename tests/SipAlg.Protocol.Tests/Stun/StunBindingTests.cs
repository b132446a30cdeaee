using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Stun;

namespace SipAlg.Protocol.Tests.Stun;

/// <summary>Binding requests and their answers; the addresses are those of RFC 5769 §2.2 and §2.3.</summary>
public sealed class StunBindingTests
{
    private const string Id = "B7E7A701BC34D686FA87DFAE";
    private const string Plain = "000100002112A442" + Id;

    [Theory]
    [InlineData("192.0.2.1:32853", "0101000C2112A442" + Id + "002000080001A147E112A643")]
    [InlineData("[2001:db8:1234:5678:11:2233:4455:6677]:32853", "010100182112A442" + Id + "002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D9")]
    public void An_answer_says_where_the_request_came_from(string from, string expected)
    {
        var request = Convert.FromHexString(Plain);
        var answer = new byte[StunBinding.MaxLength];
        Assert.True(StunBinding.IsRequest(request));
        var length = StunBinding.Answer(request, IpEndpoint.Parse(from), answer);
        Assert.Equal(expected, Convert.ToHexString(answer.AsSpan(0, length)));
    }

    /// <summary>RFC 3489 §8.1, RFC 5389 §12.2: who has no cookie knows addresses as they are.</summary>
    [Theory]
    [InlineData("192.0.2.1:32853", "0101000C01234567" + Id + "0001000800018055C0000201")]
    [InlineData("[2001:db8::1]:32853", "0101001801234567" + Id + "000100140002805520010DB8000000000000000000000001")]
    public void A_phone_of_old_is_told_in_its_own_way(string from, string expected)
    {
        var request = Convert.FromHexString("0001000001234567" + Id);
        var answer = new byte[StunBinding.MaxLength];
        Assert.True(StunBinding.IsRequest(request));
        Assert.Equal(expected, Convert.ToHexString(answer.AsSpan(0, StunBinding.Answer(request, IpEndpoint.Parse(from), answer))));
    }

    [Theory]
    [InlineData("000100082112A442" + Id + "8028000400000000", true)]
    [InlineData("0001000C2112A442" + Id + "8022000561626364" + "65000000", true)]
    [InlineData("000100082112A442" + Id + "0006000461626364", false)]
    [InlineData("000100082112A442" + Id + "8022000861626364", false)]
    [InlineData("000100022112A442" + Id + "8022", false)]
    [InlineData("000100042112A442" + Id, false)]
    [InlineData("010100002112A442" + Id, false)]
    [InlineData("0001000000000000" + Id, true)]
    [InlineData("0001000800000000" + Id + "0003000400000006", false)]
    [InlineData("000100002112A442B7", false)]
    [InlineData("", false)]
    public void Only_a_whole_request_is_answered(string octets, bool isRequest) => Assert.Equal(isRequest, StunBinding.IsRequest(Convert.FromHexString(octets)));
}

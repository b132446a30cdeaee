using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>RFC 1035 §4.1 and the records of RFC 2782, 3403, 3596.</summary>
public sealed class DnsResponseTests
{
    private const string Header = "123481800001000100000000";

    private static readonly DnsRecord[] All =
    [
        new AliasRecord("gw.example.com", 60, "gw1.example.com"),
        new AddressRecord("gw1.example.com", DnsType.A, 30, IpAddress.Parse("192.0.2.1")),
        new AddressRecord("gw1.example.com", DnsType.Aaaa, 30, IpAddress.Parse("2001:db8::1")),
        new ServiceRecord("_sip._udp.example.com", 20, 10, 60, 5070, "gw1.example.com"),
        new ServiceRecord("_sip._tcp.example.com", 20, 0, 0, 0, ""),
        new PointerRecord("example.com", 10, 50, 40, "s", "SIP+D2U", "", "_sip._udp.example.com"),
    ];

    private static readonly ZoneRecord Zone = new("example.com", 600, 60);

    private static byte[] Whole => DnsMessage.Answer(7, new DnsQuestion("gw.example.com", DnsType.A), DnsCode.NoError, All, [Zone]);

    [Fact]
    public void Every_record_is_read_as_it_was_written()
    {
        Assert.True(DnsResponse.TryParse(Whole, out var response));

        Assert.Equal(7, response!.Id);
        Assert.Equal(new DnsQuestion("gw.example.com", DnsType.A), response.Question);
        Assert.Equal(All, response.Answers.AsEnumerable());
        Assert.Equal([Zone], response.Authorities.AsEnumerable());
        Assert.False(response.IsTruncated);
    }

    [Fact]
    public void Octets_from_the_wire_are_read()
    {
        // A compressed owner name, TTL 3600, 93.184.216.34.
        var message = Convert.FromHexString(Header + "07657861" + "6d706c6503636f6d00" + "00010001" + "c00c00010001" + "00000e10" + "0004" + "5db8d822");

        Assert.True(DnsResponse.TryParse(message, out var response));

        Assert.Equal([new AddressRecord("example.com", DnsType.A, 3600, IpAddress.Parse("93.184.216.34"))], response!.Answers.AsEnumerable());
    }

    [Fact]
    public void A_message_that_ends_early_is_refused_wherever_it_ends()
    {
        var whole = Whole;
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(DnsResponse.TryParse(whole.AsSpan(0, length), out _), $"{length} octets");
        }
    }

    [Fact]
    public void A_truncated_one_may_end_anywhere_behind_its_question()
    {
        var whole = DnsMessage.Answer(7, new DnsQuestion("gw.example.com", DnsType.A), DnsCode.NoError, All, [], isTruncated: true);

        Assert.True(DnsResponse.TryParse(whole.AsSpan(0, whole.Length - 3), out var response));
        Assert.True(response!.IsTruncated);
    }

    [Theory]
    [InlineData("c00c")]     // the pointer leads to itself
    [InlineData("c00e")]     // forward
    [InlineData("0161c00c")] // to the run of labels that it ends: for ever
    [InlineData("c0")]       // half a pointer
    [InlineData("4061")]     // label types of RFC 6891's ancestors
    [InlineData("8061")]
    [InlineData("0561")]     // a label that is longer than the message
    public void A_name_that_leads_nowhere_is_refused(string name) =>
        Assert.False(DnsResponse.TryParse(Convert.FromHexString("000081800001000000000000" + name + "00010001"), out _));

    [Fact]
    public void A_name_is_no_longer_than_names_are()
    {
        var label = "3f" + string.Concat(Enumerable.Repeat("61", 63));
        var header = "000081800001000000000000";

        Assert.True(DnsResponse.TryParse(Convert.FromHexString(header + string.Concat(Enumerable.Repeat(label, 3)) + "3d" + label[4..126] + "0000010001"), out _));
        Assert.False(DnsResponse.TryParse(Convert.FromHexString(header + string.Concat(Enumerable.Repeat(label, 4)) + "0000010001"), out _));
    }

    [Fact]
    public void Octets_that_text_cannot_hold_make_no_other_name()
    {
        Assert.True(DnsResponse.TryParse(Convert.FromHexString("000081800001000000000000" + "03612e62" + "02005c" + "00" + "00010001"), out var response));

        Assert.Equal("a\\046b.\\000\\092", response!.Question!.Value.Name);
    }

    [Theory]
    [InlineData("12340100")] // a query
    [InlineData("12348980")] // another operation
    public void What_is_no_response_is_refused(string start) => Assert.False(DnsResponse.TryParse(Convert.FromHexString(start + "0000000000000000"), out _));

    [Fact]
    public void An_address_of_the_wrong_length_is_refused() => Assert.False(DnsResponse.TryParse(
        Convert.FromHexString("123481800000000100000000" + "00" + "00010001" + "00000e10" + "0005" + "5db8d82200"), out _));

    [Fact]
    public void Types_and_classes_of_others_are_passed_over()
    {
        var text = "00" + "00100001" + "00000e10" + "0003" + "026869";
        var chaos = "00" + "00010003" + "00000e10" + "0001" + "61";
        var address = "00" + "00010001" + "80000000" + "0004" + "01020304";
        Assert.True(DnsResponse.TryParse(Convert.FromHexString("123481800000000300000000" + text + chaos + address), out var response));

        // RFC 2181 §8: a time to live with its highest bit set is 0.
        Assert.Equal([new AddressRecord("", DnsType.A, 0, IpAddress.Parse("1.2.3.4"))], response!.Answers.AsEnumerable());
    }
}

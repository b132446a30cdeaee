using System.Text.RegularExpressions;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>The GRUUs that the registrar gives (RFC 5627 §5).</summary>
public sealed class GruuTests
{
    private const string Instance = ";+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0>\"";
    private readonly RegistrarScene _scene = new();

    private static string? Gruu(SentMessage answer, string kind) =>
        Regex.Match(answer.Header(HeaderId.Contact)!, $";{kind}-gruu=\"([^\"]+)\"") is { Success: true } match ? match.Groups[1].Value : null;

    [Fact]
    public void A_device_that_knows_gruus_gets_a_public_and_a_temporary_one()
    {
        var answer = _scene.Ok($"Contact: <sip:a@203.0.113.5>{Instance}\nSupported: gruu");
        Assert.Equal("sip:alice@example.com;gr=urn:uuid:f81d4fae-7dec-11d0", Gruu(answer, "pub"));
        Assert.Matches("^sip:tgruu-[A-Za-z0-9_-]{43}@example.com;gr$", Gruu(answer, "temp"));
        Assert.Contains("gruu", answer.Header(HeaderId.Supported), StringComparison.Ordinal);
    }

    [Fact]
    public void The_public_one_stays_and_each_answer_has_a_new_temporary_one()
    {
        var first = _scene.Ok($"Contact: <sip:a@203.0.113.5>{Instance}\nSupported: gruu");
        var second = _scene.Ok($"Contact: <sip:a@203.0.113.6>{Instance}\nSupported: gruu", cseq: 2);
        Assert.Equal(Gruu(first, "pub"), Gruu(second, "pub"));
        Assert.NotEqual(Gruu(first, "temp"), Gruu(second, "temp"));
    }

    [Theory]
    [InlineData(Instance, "path")]
    [InlineData("", "gruu")]
    public void Who_does_not_know_them_or_names_no_device_gets_none(string instance, string supported)
    {
        var answer = _scene.Ok($"Contact: <sip:a@203.0.113.5>{instance}\nSupported: {supported}");
        Assert.Null(Gruu(answer, "pub"));
        Assert.Null(Gruu(answer, "temp"));
    }

    [Fact]
    public void All_devices_are_told_to_who_asks()
    {
        _scene.Ok($"Contact: <sip:a@203.0.113.5>{Instance}");
        _scene.Ok("Contact: <sip:b@203.0.113.7>;+sip.instance=\"<urn:x y>\"", callId: "b");
        var answer = _scene.Ok("Supported: gruu", callId: "query");
        Assert.Equal(2, Regex.Count(answer.Text, "temp-gruu="));
        Assert.Contains("gr=urn:x%20y\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_cannot_be_at_its_own_gruu()
    {
        var answer = _scene.Register($"Contact: <sip:alice@example.com;gr=urn:uuid:f81d4fae-7dec-11d0>{Instance}\nSupported: gruu");
        Assert.Equal("SIP/2.0 403 A GRUU is no contact", answer!.StartLine);
        Assert.Empty(_scene.Standing());
    }

    /// <summary>Contacts that end are not one too many: the one that may not be is the cause, and the phrase says so.</summary>
    [Theory]
    [InlineData("<sip:alice@example.com;gr=x>, <sip:old@203.0.113.5>;expires=0")]
    [InlineData("<sip:old@203.0.113.5>;expires=0, <sip:alice@example.com;gr=x>")]
    [InlineData("<sip:a@203.0.113.5>, <sip:b@203.0.113.5>, <sip:alice@example.com;gr=x>")]
    public void A_gruu_beside_other_contacts_is_what_is_refused(string contacts)
    {
        _scene.MaxContacts = 1;
        Assert.Equal("SIP/2.0 403 A GRUU is no contact", _scene.Register($"Contact: {contacts}")!.StartLine);
        Assert.Empty(_scene.Standing());
    }
}

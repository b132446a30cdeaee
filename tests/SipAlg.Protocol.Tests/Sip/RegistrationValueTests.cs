using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>What a registrar reads: contacts, their preference, and when two URIs are one.</summary>
public sealed class RegistrationValueTests
{
    /// <summary>The pairs of RFC 3261 §19.1.4 and some more.</summary>
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    [InlineData("sip:a@x;maddr=192.0.2.1", "sip:a@x", false)]
    [InlineData("sips:a@x", "sip:a@x", false)]
    [InlineData("sip:a@x;ob", "sip:a@x", true)]
    [InlineData("sip:a@x;p=1;p=2", "sip:a@x;p=1;p=2", true)]
    [InlineData("sip:a@[2001:db8::9:1]", "sip:a@[2001:DB8:0::0009:01]", true)]
    [InlineData("sip:a@[2001:db8::9:1]", "sip:a@[2001:db8::9:2]", false)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("sip:alice@atlanta.com?subject=x&priority=urgent", "sip:alice@atlanta.com?subject=x", false)]
    [InlineData("tel:+1", "tel:+1", true)]
    [InlineData("tel:+1", "tel:+2", false)]
    public void Uris_are_compared_by_their_parts(string one, string other, bool areEqual)
    {
        Assert.Equal(areEqual, AreEqual(one, other));
        Assert.Equal(areEqual, AreEqual(other, one));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1000)]
    [InlineData("1.000", 1000)]
    [InlineData("0.5", 500)]
    [InlineData("0.125", 125)]
    [InlineData("0.", 0)]
    [InlineData("1.1", -1)]
    [InlineData("0.1234", -1)]
    [InlineData("2", -1)]
    [InlineData("", -1)]
    [InlineData("0,5", -1)]
    [InlineData("0.x", -1)]
    public void A_preference(string text, int thousandths) => Assert.Equal(thousandths, QValue.Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_preference_is_read_as_it_was_written() =>
        Prop.ForAll(Gen.Choose(0, QValue.Most).ToArbitrary(), q =>
        {
            var writer = new MessageWriter(new byte[16]);
            QValue.Write(ref writer, q);
            return QValue.Read(writer.Written) == q;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("<sip:alice@192.0.2.1:5066;transport=tcp>;expires=60;q=0.7", "sip:alice@192.0.2.1:5066;transport=tcp", 60, 700, "", 0)]
    [InlineData("sip:alice@192.0.2.1", "sip:alice@192.0.2.1", -1, 1000, "", 0)]
    [InlineData("\"Alice, at home\" <sip:a@x>;expires=0", "sip:a@x", 0, 1000, "", 0)]
    [InlineData("<sip:a@x>;reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"", "sip:a@x", -1, 1000, "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF", 1)]
    [InlineData("<sip:a@x>;reg-id=2", "sip:a@x", -1, 1000, "", 0)]
    [InlineData("<sip:a@x>;reg-id=2;+sip.instance=\"\"", "sip:a@x", -1, 1000, "", 0)]
    [InlineData("<sip:a@x>;reg-id=2;+sip.instance=\"<>\"", "sip:a@x", -1, 1000, "", 0)]
    [InlineData("<sip:a@x>;expires=99999999999;q=7", "sip:a@x", int.MaxValue, 1000, "", 0)]
    [InlineData("<sip:a@x>;expires=soon", "sip:a@x", -1, 1000, "", 0)]
    public void A_contact(string value, string uri, int expires, int q, string instance, uint regId)
    {
        Assert.True(ContactToRegister.TryParse(Encoding.ASCII.GetBytes(value), isOutbound: true, out var contact));
        Assert.Equal(uri, Encoding.ASCII.GetString(contact.Uri.Text));
        Assert.Equal((expires, q, regId), (contact.Expires, contact.Q, contact.RegId));
        Assert.Equal(instance, Encoding.ASCII.GetString(contact.Instance));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("<tel:+4930>")]
    [InlineData("<mailto:a@x>")]
    [InlineData("<sip:>")]
    public void No_contact(string value) => Assert.False(ContactToRegister.TryParse(Encoding.ASCII.GetBytes(value), isOutbound: true, out _));

    private static bool AreEqual(string one, string other) =>
        SipUri.TryParse(Encoding.ASCII.GetBytes(one), out var first) & SipUri.TryParse(Encoding.ASCII.GetBytes(other), out var second) && UriComparison.AreEqual(first, second);
}

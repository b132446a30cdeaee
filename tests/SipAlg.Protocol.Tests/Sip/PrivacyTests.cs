using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

public sealed class PrivacyTests
{
    [Theory]
    [InlineData("", PrivacyValues.Unspecified)]
    [InlineData(" ; ,", PrivacyValues.Unspecified)]
    [InlineData("none", PrivacyValues.None)]
    [InlineData("ID", PrivacyValues.Id)]
    [InlineData("header;session;user;id;history;critical", PrivacyValues.Header | PrivacyValues.Session | PrivacyValues.User | PrivacyValues.Id | PrivacyValues.History | PrivacyValues.Critical)]
    [InlineData("user , id", PrivacyValues.User | PrivacyValues.Id)]
    [InlineData("user\r\n ;\tid", PrivacyValues.User | PrivacyValues.Id)]
    [InlineData("ids", PrivacyValues.Unknown)]
    [InlineData("id;x-own", PrivacyValues.Id | PrivacyValues.Unknown)]
    public void Reads_values(string text, PrivacyValues expected) => Assert.Equal(expected, Privacy.Read(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(PrivacyValues.Unspecified, "")]
    [InlineData(PrivacyValues.None, "none")]
    [InlineData(PrivacyValues.Critical | PrivacyValues.Id | PrivacyValues.User, "user;id;critical")]
    [InlineData((PrivacyValues)255, "none;header;session;user;id;history;critical")]
    public void Writes_values_with_critical_last(PrivacyValues values, string expected)
    {
        var writer = new MessageWriter(new byte[100]);
        Privacy.Write(ref writer, values);
        Assert.Equal(expected, Encoding.ASCII.GetString(writer.Written));
        Assert.Equal(values & ~PrivacyValues.Unknown, Privacy.Read(writer.Written));
    }

    [Theory]
    [InlineData("Privacy: user;id;critical\r\n", PrivacyValues.User, "id;critical")]
    [InlineData("Privacy: user\r\nPrivacy: x-own, ID\r\n", PrivacyValues.User, "x-own;ID")]
    [InlineData("Privacy: user;critical\r\n", PrivacyValues.User | PrivacyValues.Critical, "")]
    [InlineData("", PrivacyValues.User, "")]
    public void Writes_what_is_left(string headers, PrivacyValues without, string expected)
    {
        var message = Sample.Read(Sample.Invite([.. headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)]));
        var writer = new MessageWriter(new byte[100]);
        Privacy.WriteOthers(ref writer, message, without);
        Assert.Equal(expected, Encoding.ASCII.GetString(writer.Written));
        Assert.Equal(headers.Contains("user", StringComparison.Ordinal), Privacy.Of(message).HasFlag(PrivacyValues.User));
    }
}

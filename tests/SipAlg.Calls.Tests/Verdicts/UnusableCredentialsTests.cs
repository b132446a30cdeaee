using System.Text.RegularExpressions;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Digest;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>A phone that answers a challenge in another way than it was asked is challenged for ever: the operator is told why.</summary>
public sealed class UnusableCredentialsTests : UserTest
{
    private ScriptedPhone? _phone;

    private ScriptedPhone Phone => _phone ??= Scene.Phone("eve", SceneModel.Inside, "127.91.0.68", 5060);

    protected override SceneOptions Options => base.Options with
    {
        ChecksMessages = false,
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Authentication = Domain } : realm,
    };

    private string Ask(string method, int sequence, string authorization = "")
    {
        Phone.Send($"{method} sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {Phone.Flow.Remote};branch=z9hG4bKu{sequence};rport\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:anna@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:anna@{AuthenticationBench.Domain}>\r\nCall-ID: u\r\nCSeq: {sequence} {method}\r\n" +
            $"Contact: <{Phone.Contact}>\r\n{authorization}Content-Length: 0\r\n\r\n");
        return Regex.Match(Phone.ExpectResponse(401).Text, "nonce=\"([^\"]+)\"").Groups[1].Value;
    }

    private Verdict Last(string method) =>
        method == "REGISTER" ? RegistrationVerdicts.Of(Scene.Journal.Unregistered[^1]) : Verdict.Of(Scene.Journal.Refused[^1]);

    [Theory]
    [InlineData("realm=\"example.com\"", "realm=\"asterisk\"", "are for the realm 'asterisk', not for 'example.com'")]
    [InlineData("algorithm=MD5", "algorithm=SHA-512-256", "are made by an algorithm that is unknown here, and what was offered is ")]
    [InlineData("algorithm=MD5", "algorithm=MD5-sess", "are made by MD5-sess, and what was offered is ")]
    [InlineData("qop=auth", "qop=auth-int", "are not made with qop=auth, which MD5 demands here")]
    [InlineData("username=\"anna\"", "username*=UTF-8''anna", "lack something, or have it twice or unfit (RFC 7616 §3.4)")]
    public void Are_told_of_with_what_is_wrong(string written, string instead, string fault)
    {
        var sequence = 0;
        foreach (var method in (string[])["REGISTER", "INVITE"])
        {
            var answer = AuthenticationBench.Answer(Ask(method, ++sequence), 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5, method: method);
            Assert.Contains(written, answer, StringComparison.Ordinal);
            Ask(method, ++sequence, answer.Replace(written, instead, StringComparison.Ordinal));

            var verdict = Last(method);
            Assert.Equal(VerdictCode.UnusableCredentials, verdict.Code);
            Assert.Contains($" at 127.91.0.68:5060 answers the challenge with credentials that cannot be checked: they {fault}", verdict.Sentence, StringComparison.Ordinal);
        }

        Assert.Equal(2, Scene.Calls.Authenticator.Total(SceneModel.Inside, AuthenticationOutcome.Unusable));
        Scene.End();
    }

    /// <summary>A phone that sends what others asked for besides is told of for its answer to us.</summary>
    [Fact]
    public void Of_several_those_count_that_answer_our_challenge()
    {
        var others = AuthenticationBench.Answer("of another", 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5, realm: "elsewhere.example");
        var answer = AuthenticationBench.Answer(Ask("REGISTER", 1), 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5);
        Ask("REGISTER", 2, others + answer.Replace("qop=auth", "qop=auth-int", StringComparison.Ordinal));
        Assert.Contains("they are not made with qop=auth", Last("REGISTER").Sentence, StringComparison.Ordinal);
        Scene.End();
    }

    /// <summary>What another registrar asked for, or an IMS phone's first REGISTER (3GPP TS 24.229 §5.1.1.2), is only a beginning.</summary>
    [Theory]
    [InlineData("nonce=\"[^\"]+\"", "nonce=\"\"")]
    [InlineData("nonce=\"[^\"]+\"", "nonce=\"of another\"")]
    public void What_answers_no_challenge_of_ours_is_none(string written, string instead)
    {
        var answer = AuthenticationBench.Answer(Ask("REGISTER", 1), 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5, realm: "elsewhere.example");
        Ask("REGISTER", 2, Regex.Replace(answer, written, instead));
        Assert.Empty(Scene.Journal.Unregistered);
        Assert.Equal(0, Scene.Calls.Authenticator.Total(SceneModel.Inside, AuthenticationOutcome.Unusable));
        Scene.End();
    }
}

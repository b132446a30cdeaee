using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Tests.Registrations.Relay;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Contacts that a gateway has given mean the same to its next run, which has the same key, and nothing to one with another.</summary>
public sealed class ContactKeyTests
{
    private static readonly ContactKey _key = new([.. Enumerable.Range(0, ContactKey.Length).Select(octet => (byte)octet)]);

    /// <summary>Its binding has ended while the gateway was down: the PBX's contact is taken over all the same.</summary>
    [Fact]
    public void A_relayed_phone_has_the_same_name_and_call_id_at_the_pbx_after_a_restart()
    {
        var (name, callId) = RelayRun.Registered(1, _key);
        Assert.Equal((name, callId), RelayRun.Registered(2, _key));
        var (other, otherCallId) = RelayRun.Registered(2, ContactKey.Draw());
        Assert.NotEqual(name, other);
        Assert.NotEqual(callId, otherCallId);
    }

    [Fact]
    public void A_temporary_gruu_reaches_its_device_after_a_restart_for_as_long_as_that_stands_registered()
    {
        var journal = new FakeJournal { IsFast = true };
        var gruu = GruuRun.Registered(1, _key, journal);
        var kept = Assert.Single(journal.Given.Values);
        GruuRun.IsCalled(2, _key, kept, gruu, isReached: true);
        GruuRun.IsCalled(2, _key, kept with { CallId = "new@named" }, gruu, isReached: false);
        GruuRun.IsCalled(2, ContactKey.Draw(), kept, gruu, isReached: false);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("four")]
    [InlineData("fives")]
    [InlineData("exactly-twenty-chars")]
    [InlineData("jürgen.müller-lüdenscheidt+office")]
    public void A_temporary_gruu_says_whose_it_is_to_who_has_the_key(string user)
    {
        var written = Written(new GruuMint(_key, new SecretSource()), user, 77);
        Assert.NotEqual(written, Written(new GruuMint(_key, new SecretSource()), user, 77));
        Assert.Equal((user, 77UL), Read(new GruuMint(_key, new SecretSource()), written));
        Assert.NotEqual(77UL, Read(new GruuMint(ContactKey.Draw(), new SecretSource()), written)?.Registration);
    }

    [Theory]
    [InlineData("tgruu-")]
    [InlineData("tgruu-AAAA")]
    [InlineData("tgruu-!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("other-AAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_none_is_not_read(string text) => Assert.Null(Read(new GruuMint(_key, new SecretSource()), Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void One_that_is_too_long_is_not_read()
    {
        Assert.Null(Read(new GruuMint(_key, new SecretSource()), [.. GruuMint.Prefix, .. Enumerable.Repeat((byte)'A', 4096)]));
        Assert.NotNull(Read(new GruuMint(_key, new SecretSource()), Written(new GruuMint(_key, new SecretSource()), new string('u', 2000), 1)));
    }

    private static byte[] Written(GruuMint mint, string user, ulong registration)
    {
        var writer = new MessageWriter(new byte[2000]);
        mint.WriteUser(ref writer, Encoding.UTF8.GetBytes(user), registration);
        return writer.Written.ToArray();
    }

    private static (string User, ulong Registration)? Read(GruuMint mint, byte[] text)
    {
        var name = new byte[SipLimits.Identifier];
        return mint.TryReadUser(text, name, out var length, out var registration) ? (Encoding.UTF8.GetString(name, 0, length), registration) : null;
    }

    /// <summary>One run of a gateway whose phones register at a PBX.</summary>
    private sealed class RelayRun(int seed, ContactKey key) : RelayTest
    {
        protected override SceneOptions Options => base.Options with { Seed = seed, ContactKey = key };

        public static (string Name, string CallId) Registered(int seed, ContactKey key)
        {
            using var run = new RelayRun(seed, key);
            var register = run.Registered(run.Phone());
            run.Forget();
            run.Scene.End();
            return (Token(register), register.Header(HeaderId.CallId)!);
        }
    }

    /// <summary>One run of a gateway with a registrar of its own.</summary>
    private sealed class GruuRun(int seed, ContactKey key, FakeJournal? journal = null) : UserTest
    {
        protected override SceneOptions Options => base.Options with { Seed = seed, ContactKey = key, Bindings = journal };

        /// <summary>The temporary GRUU of a phone of anna's.</summary>
        public static string Registered(int seed, ContactKey key, FakeJournal journal)
        {
            using var run = new GruuRun(seed, key, journal);
            journal.Registrar = run.Scene.Calls.Registrar!;
            run.Register(run.Scene.Phone("named", SceneModel.Inside, "127.91.0.66", 5060), "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Supported: gruu\r\n", callId: "r@named");
            return Regex.Match(run.LastAnswer.Text, "temp-gruu=\"([^\"]+)\"").Groups[1].Value;
        }

        /// <summary>A call to a GRUU reaches the phone whose binding was kept, or is refused.</summary>
        public static void IsCalled(int seed, ContactKey key, BindingRecord kept, string gruu, bool isReached)
        {
            using var run = new GruuRun(seed, key);
            var phone = run.Scene.Phone("named", SceneModel.Inside, "127.91.0.66", 5060);
            Assert.True(run.Scene.Calls.Registrar!.Restore(kept));
            var call = run.Bob.Dialog("anna");
            call.SetTarget(gruu);
            call.Invite(run.Bob.Sdp());
            if (isReached)
            {
                run.Completes(call, phone.ExpectCall());
            }
            else
            {
                call.Expect(404);
                phone.ExpectNothing();
            }

            run.Forget();
            run.Scene.End();
        }
    }
}

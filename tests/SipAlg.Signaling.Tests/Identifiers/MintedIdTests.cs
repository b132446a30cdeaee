using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Signaling.Tests.Identifiers;

public sealed class MintedIdTests
{
    [Fact]
    public void Its_text_is_hexadecimal_of_fixed_length() =>
        Assert.Equal("050000abcd0123456789abcdef", new MintedId(5, 0xABCD, 0x0123456789ABCDEF).ToString());

    [Fact]
    public void It_is_read_as_it_was_written() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 255)), Arb.From(Gen.Choose(int.MinValue, int.MaxValue)), Arb.From(ArbMap.Default.GeneratorFor<ulong>()), (lane, slot, secret) =>
        {
            var id = new MintedId((byte)lane, slot, secret);
            return MintedId.TryParse(Encoding.ASCII.GetBytes(id.ToString()), out var again) && again == id;
        }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("")]
    [InlineData("050000abcd0123456789abcde")]
    [InlineData("050000abcd0123456789abcdef0")]
    [InlineData("050000ABCD0123456789abcdef")]
    [InlineData("050000abcd0123456789abcdeg")]
    [InlineData("-50000abcd0123456789abcdef")]
    [InlineData(" 50000abcd0123456789abcdef")]
    public void Anything_else_is_not_ours(string text) => Assert.False(MintedId.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Secrets_do_not_repeat_across_batches()
    {
        var source = new SecretSource();
        Assert.Equal(2000, Enumerable.Range(0, 2000).Select(_ => source.Next()).Distinct().Count());
    }
}

// Loaded before a program: its clock is wrong by SHIFTED_CLOCK milliseconds. What it starts inherits that.
const Right = Date;
const shift = Number(process.env.SHIFTED_CLOCK ?? 0);

class Shifted extends Right {
	constructor(...given) {
		if (given.length === 0) super(Right.now() + shift);
		else super(...given);
	}

	static now() {
		return Right.now() + shift;
	}
}

globalThis.Date = Shifted;
